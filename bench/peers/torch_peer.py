"""PyTorch on one work: python torch_peer.py <work>."""

import sys

import torch
import torch.nn.functional as functional
from torch import nn

from timing import THREADS, about, figure, long_run

torch.set_num_threads(THREADS)
torch.manual_seed(0)
TINY_RATE = 1e-7


def regression_data(rows=9000):
    x = torch.randint(0, 100, (rows, 3)).float()
    return x, x @ torch.tensor([[1.0], [2.0], [3.0]])


def small():
    return nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1))


def stepper(model, optimizer, loss):
    def step(x, y):
        optimizer.zero_grad(set_to_none=True)
        value = loss(model(x), y)
        value.backward()
        optimizer.step()
        return value.item()

    return step


def epoch(step, x, y, size):
    def run():
        order = torch.randperm(len(x))
        for begin in range(0, len(x), size):
            rows = order[begin : begin + size]
            step(x[rows], y[rows])

    return run


def adam(model, rate=1e-3):
    return torch.optim.Adam(model.parameters(), lr=rate)


def sgd(model, rate):
    return torch.optim.SGD(model.parameters(), lr=rate)


def regression():
    x, y = regression_data()
    model = small()
    step = stepper(model, sgd(model, 1e-5), functional.mse_loss)
    figure("regression-step", lambda: step(x, y))


def minibatch():
    x, y = regression_data()
    model = small()
    step = stepper(model, adam(model), functional.mse_loss)
    run = epoch(step, x, y, 32)
    figure("minibatch-fit", run, items=282, note="own loop", min_samples=3)
    a, b = x[:32].clone(), y[:32].clone()
    figure("minibatch-step", lambda: step(a, b))


def online():
    x, y = regression_data(1)
    model = small()
    step = stepper(model, sgd(model, 1e-6), functional.mse_loss)
    figure("online-step", lambda: step(x, y))


def mlp():
    return nn.Sequential(
        nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10)
    )


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(1600, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )


def classifier(name, make, shape, size, samples):
    x, y = torch.rand(samples, *shape), torch.randint(0, 10, (samples,))
    model = make()
    step = stepper(model, adam(model, TINY_RATE), functional.cross_entropy)
    a, b = x[:size].clone(), y[:size].clone()
    figure(f"{name}-train", lambda: step(a, b), items=size, total=2)
    run = epoch(step, x, y, size)
    figure(f"{name}-fit", run, items=samples, note="own loop", total=2, min_samples=2)
    one = x[:1].clone()
    with torch.inference_mode():
        figure(f"{name}-infer-1", lambda: torch.softmax(model(one), -1))
        figure(f"{name}-infer-{size}", lambda: torch.softmax(model(a), -1), items=size)


def matmul():
    for n in (64, 128, 256, 512, 1024):
        a, b, out = torch.rand(n, n), torch.rand(n, n), torch.empty(n, n)
        figure(f"matmul-{n}", lambda: torch.mm(a, b, out=out), items=2 * n**3)


def elementwise():
    count = 10**6
    a, b, out = torch.rand(count), torch.rand(count), torch.empty(count)
    rows = a.view(1000, 1000)
    figure("exp", lambda: torch.exp(a, out=out), items=8 * count)
    figure("softmax", lambda: torch.softmax(rows, -1), items=8 * count)
    figure("add", lambda: torch.add(a, b, out=out), items=12 * count)
    figure("sum", lambda: torch.sum(a), items=4 * count)


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.dense = nn.LSTM(32, 64, batch_first=True), nn.Linear(64, 1)

    def forward(self, x):
        return self.dense(self.lstm(x)[0][:, -1])


def lstm():
    model = Recurrent()
    step = stepper(model, adam(model), functional.mse_loss)
    x, y = torch.rand(32, 50, 32), torch.rand(32, 1)
    figure("lstm-train", lambda: step(x, y), total=2)


def eager():
    a, b = torch.rand(4, 4), torch.rand(4, 4)
    with torch.inference_mode():
        figure("eager-add", lambda: a + b)


def subnormal():
    model = mlp()
    step = stepper(model, adam(model), functional.cross_entropy)
    x, y = torch.rand(32, 784), torch.randint(0, 10, (32,))
    long_run("subnormal", lambda: step(x, y))


WORKS = {
    "regression": regression,
    "minibatch": minibatch,
    "online": online,
    "mlp": lambda: classifier("mlp", mlp, (784,), 128, 12800),
    "cnn": lambda: classifier("cnn", cnn, (1, 28, 28), 64, 640),
    "matmul": matmul,
    "elementwise": elementwise,
    "lstm": lstm,
    "eager": eager,
    "subnormal": subnormal,
}

WORKS[sys.argv[1]]()
about(version=torch.__version__)
