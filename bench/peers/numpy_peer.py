"""NumPy on one work, forward and backward written by hand: python numpy_peer.py <work>. Threads are those of its BLAS."""

import sys

import numpy as np

from timing import about, figure, long_run

random = np.random.default_rng(0)
f32 = np.float32
TINY_RATE = 1e-7


def glorot(*shape):
    limit = (6 / (shape[-1] + shape[-2])) ** 0.5
    return (random.uniform(-1, 1, shape) * limit).astype(f32)


def zeros(*shape):
    return np.zeros(shape, f32)


class Adam:
    def __init__(self, weights, rate=1e-3):
        self.weights, self.rate, self.count = weights, rate, 0
        self.first = [np.zeros_like(w) for w in weights]
        self.second = [np.zeros_like(w) for w in weights]

    def __call__(self, gradients):
        self.count += 1
        length = f32(self.rate * (1 - 0.999**self.count) ** 0.5 / (1 - 0.9**self.count))
        for w, m, v, g in zip(self.weights, self.first, self.second, gradients):
            m *= f32(0.9)
            m += f32(0.1) * g
            v *= f32(0.999)
            v += f32(0.001) * g * g
            w -= length * m / (np.sqrt(v) + f32(1e-7))


class Sgd:
    def __init__(self, weights, rate):
        self.weights, self.rate = weights, f32(rate)

    def __call__(self, gradients):
        for w, g in zip(self.weights, gradients):
            w -= self.rate * g


def regression_data(rows=9000):
    x = random.integers(0, 100, (rows, 3)).astype(f32)
    return x, x @ np.array([[1], [2], [3]], f32)


def small():
    return [glorot(3, 4), zeros(4), glorot(4, 1), zeros(1)]


def small_step(weights, update, x, y):
    w1, b1, w2, b2 = weights
    hidden = x @ w1 + b1
    error = hidden @ w2 + b2 - y
    loss = np.mean(error * error)
    d_out = error * f32(2 / len(x))
    d_hidden = d_out @ w2.T
    update([x.T @ d_hidden, d_hidden.sum(0), hidden.T @ d_out, d_out.sum(0)])
    return loss


def softmax_in_place(logits):
    logits -= logits.max(1, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(1, keepdims=True)
    return logits


def mlp():
    return [glorot(784, 128), zeros(128), glorot(128, 64), zeros(64), glorot(64, 10), zeros(10)]


def mlp_forward(weights, x):
    w1, b1, w2, b2, w3, b3 = weights
    first = np.maximum(x @ w1 + b1, 0)
    second = np.maximum(first @ w2 + b2, 0)
    return first, second, softmax_in_place(second @ w3 + b3)


def mlp_step(weights, update, x, y):
    first, second, probability = mlp_forward(weights, x)
    loss = -np.mean(np.log(probability[y > 0] + f32(1e-30)))
    d = (probability - y) * f32(1 / len(x))
    d_second = (d @ weights[4].T) * (second > 0)
    d_first = (d_second @ weights[2].T) * (first > 0)
    update(
        [x.T @ d_first, d_first.sum(0), first.T @ d_second, d_second.sum(0), second.T @ d, d.sum(0)]
    )
    return loss


def unfold(x):
    """3x3 windows of [batch, height, width, channels] as rows."""
    n, h, w, c = x.shape
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (1, 2))
    return windows.transpose(0, 1, 2, 4, 5, 3).reshape(n * (h - 2) * (w - 2), 9 * c)


def fold(rows, shape):
    """Sums windows back to where they came from."""
    n, h, w, c = shape
    parts = rows.reshape(n, h - 2, w - 2, 3, 3, c)
    x = zeros(*shape)
    for i in range(3):
        for j in range(3):
            x[:, i : i + h - 2, j : j + w - 2] += parts[:, :, :, i, j]
    return x


def halve(x):
    n, h, w, c = x.shape
    cut = x[:, : h // 2 * 2, : w // 2 * 2].reshape(n, h // 2, 2, w // 2, 2, c)
    top = cut.max((2, 4))
    return top, cut == top[:, :, None, :, None]


def unhalve(d, mask, shape):
    n, h, w, c = shape
    x = zeros(*shape)
    x[:, : h // 2 * 2, : w // 2 * 2] = (mask * d[:, :, None, :, None]).reshape(
        n, h // 2 * 2, w // 2 * 2, c
    )
    return x


def cnn():
    return [
        glorot(9, 32), zeros(32), glorot(288, 64), zeros(64),
        glorot(1600, 128), zeros(128), glorot(128, 10), zeros(10),
    ]  # fmt: skip


def cnn_forward(weights, x):
    k1, c1, k2, c2, w1, b1, w2, b2 = weights
    n = len(x)
    rows1 = unfold(x)
    map1 = np.maximum(rows1 @ k1 + c1, 0).reshape(n, 26, 26, 32)
    pooled1, mask1 = halve(map1)
    rows2 = unfold(pooled1)
    map2 = np.maximum(rows2 @ k2 + c2, 0).reshape(n, 11, 11, 64)
    pooled2, mask2 = halve(map2)
    flat = pooled2.reshape(n, 1600)
    hidden = np.maximum(flat @ w1 + b1, 0)
    probability = softmax_in_place(hidden @ w2 + b2)
    return probability, (rows1, map1, mask1, pooled1, rows2, map2, mask2, flat, hidden)


def cnn_step(weights, update, x, y):
    _, _, k2, _, w1, _, w2, _ = weights
    n = len(x)
    probability, (rows1, map1, mask1, pooled1, rows2, map2, mask2, flat, hidden) = cnn_forward(
        weights, x
    )
    d = (probability - y) * f32(1 / n)
    d_hidden = (d @ w2.T) * (hidden > 0)
    d_pooled2 = (d_hidden @ w1.T).reshape(n, 5, 5, 64)
    d_map2 = (unhalve(d_pooled2, mask2, map2.shape) * (map2 > 0)).reshape(-1, 64)
    d_pooled1 = fold(d_map2 @ k2.T, pooled1.shape)
    d_map1 = (unhalve(d_pooled1, mask1, map1.shape) * (map1 > 0)).reshape(-1, 32)
    update(
        [
            rows1.T @ d_map1, d_map1.sum(0), rows2.T @ d_map2, d_map2.sum(0),
            flat.T @ d_hidden, d_hidden.sum(0), hidden.T @ d, d.sum(0),
        ]
    )  # fmt: skip


def images(count, shape):
    x = random.random((count, *shape), dtype=f32)
    return x, np.eye(10, dtype=f32)[random.integers(0, 10, count)]


def epoch(step, weights, update, x, y, size):
    def run():
        order = random.permutation(len(x))
        for begin in range(0, len(x), size):
            rows = order[begin : begin + size]
            step(weights, update, x[rows], y[rows])

    return run


def regression():
    x, y = regression_data()
    weights = small()
    update = Sgd(weights, 1e-5)
    figure("regression-step", lambda: small_step(weights, update, x, y))


def minibatch():
    x, y = regression_data()
    weights = small()
    update = Adam(weights)
    run = epoch(small_step, weights, update, x, y, 32)
    figure("minibatch-fit", run, items=282, note="own loop", min_samples=3)
    a, b = x[:32].copy(), y[:32].copy()
    figure("minibatch-step", lambda: small_step(weights, update, a, b))


def online():
    x, y = regression_data(1)
    weights = small()
    update = Sgd(weights, 1e-6)
    figure("online-step", lambda: small_step(weights, update, x, y))


def classifier(name, make, step, predict, shape, size, samples):
    weights = make()
    update = Adam(weights, TINY_RATE)
    x, y = images(samples, shape)
    a, b = x[:size].copy(), y[:size].copy()
    figure(f"{name}-train", lambda: step(weights, update, a, b), items=size, total=2)
    run = epoch(step, weights, update, x, y, size)
    figure(f"{name}-fit", run, items=samples, note="own loop", total=2, min_samples=2)
    one = x[:1].copy()
    figure(f"{name}-infer-1", lambda: predict(weights, one))
    figure(f"{name}-infer-{size}", lambda: predict(weights, a), items=size)


def matmul():
    for n in (64, 128, 256, 512, 1024):
        a, b = random.random((n, n), dtype=f32), random.random((n, n), dtype=f32)
        out = np.empty((n, n), f32)
        figure(f"matmul-{n}", lambda: np.matmul(a, b, out=out), items=2 * n**3)


def elementwise():
    count = 10**6
    a, b = random.random(count, dtype=f32), random.random(count, dtype=f32)
    out = np.empty(count, f32)
    rows = a.reshape(1000, 1000)
    figure("exp", lambda: np.exp(a, out=out), items=8 * count)
    figure("softmax", lambda: softmax_in_place(rows.copy()), items=8 * count)
    figure("add", lambda: np.add(a, b, out=out), items=12 * count)
    figure("sum", lambda: np.sum(a), items=4 * count)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm():
    steps, batch, features, units = 50, 32, 32, 64
    x = random.random((steps, batch, features), dtype=f32)
    y = random.random((batch, 1), dtype=f32)
    weights = [glorot(features, 4 * units), glorot(units, 4 * units), zeros(4 * units)]
    weights += [glorot(units, 1), zeros(1)]
    update = Adam(weights)
    # The three gates with a sigmoid lie side by side: one call for them.
    i, f, o, c = (slice(k * units, (k + 1) * units) for k in range(4))
    sigmoids = slice(0, 3 * units)

    def step():
        wx, wh, b, wo, bo = weights
        rows = x.reshape(steps * batch, features)
        all_x = (rows @ wx + b).reshape(steps, batch, 4 * units)
        hidden, cells = zeros(steps + 1, batch, units), zeros(steps + 1, batch, units)
        gates, shown = np.empty((steps, batch, 4 * units), f32), np.empty((steps, batch, units), f32)
        for t in range(steps):
            z, gate = all_x[t] + hidden[t] @ wh, gates[t]
            gate[:, sigmoids] = sigmoid(z[:, sigmoids])
            gate[:, c] = np.tanh(z[:, c])
            cells[t + 1] = gate[:, f] * cells[t] + gate[:, i] * gate[:, c]
            np.tanh(cells[t + 1], out=shown[t])
            hidden[t + 1] = gate[:, o] * shown[t]
        d_out = (hidden[steps] @ wo + bo - y) * f32(2 / batch)
        d_hidden, d_cell = d_out @ wo.T, zeros(batch, units)
        d_z = np.empty((steps, batch, 4 * units), f32)
        for t in reversed(range(steps)):
            gate, d = gates[t], d_z[t]
            d_cell += d_hidden * gate[:, o] * (1 - shown[t] * shown[t])
            d[:, i] = d_cell * gate[:, c] * gate[:, i] * (1 - gate[:, i])
            d[:, c] = d_cell * gate[:, i] * (1 - gate[:, c] * gate[:, c])
            d[:, f] = d_cell * cells[t] * gate[:, f] * (1 - gate[:, f])
            d[:, o] = d_hidden * shown[t] * gate[:, o] * (1 - gate[:, o])
            d_hidden = d @ wh.T
            d_cell = d_cell * gate[:, f]
        flat = d_z.reshape(steps * batch, 4 * units)
        before = hidden[:steps].reshape(steps * batch, units)
        update([rows.T @ flat, before.T @ flat, flat.sum(0), hidden[steps].T @ d_out, d_out.sum(0)])

    figure("lstm-train", step, total=2)


def eager():
    a, b = random.random((4, 4), dtype=f32), random.random((4, 4), dtype=f32)
    figure("eager-add", lambda: a + b)


def subnormal():
    weights = mlp()
    update = Adam(weights)
    x, y = images(32, (784,))
    long_run("subnormal", lambda: mlp_step(weights, update, x, y))


WORKS = {
    "regression": regression,
    "minibatch": minibatch,
    "online": online,
    "mlp": lambda: classifier("mlp", mlp, mlp_step, mlp_forward, (784,), 128, 12800),
    "cnn": lambda: classifier("cnn", cnn, cnn_step, cnn_forward, (28, 28, 1), 64, 640),
    "matmul": matmul,
    "elementwise": elementwise,
    "lstm": lstm,
    "eager": eager,
    "subnormal": subnormal,
}

WORKS[sys.argv[1]]()
about(version=np.__version__)
