"""Keras through its public API on one work: KERAS_BACKEND=jax|tensorflow python keras_peer.py <work>."""

import os
import sys

from timing import THREADS, about, figure

backend = os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
if hasattr(os, "sched_setaffinity"):
    # XLA starts as many threads as it sees cores, whatever it is told: let it see fewer.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-THREADS:])
if backend == "tensorflow":
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(THREADS)
    tensorflow.config.threading.set_inter_op_parallelism_threads(THREADS)

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

random = np.random.default_rng(0)
f32 = np.float32
TINY_RATE = 1e-7


def regression_data():
    x = random.integers(0, 100, (9000, 3)).astype(f32)
    return x, x @ np.array([[1], [2], [3]], f32)


def small(optimizer, **options):
    model = keras.Sequential([layers.Input((3,)), layers.Dense(4), layers.Dense(1)])
    model.compile(optimizer, "mse", **options)
    return model


def fit(metric, model, x, y, items, **options):
    figure(metric, lambda: model.fit(x, y, verbose=0, **options), items, total=2, min_samples=2)


def regression():
    x, y = regression_data()
    model = small(keras.optimizers.SGD(1e-5))
    fit("regression-epoch", model, x, y, 20, batch_size=9000, epochs=20)


def minibatch():
    x, y = regression_data()
    fit("minibatch-fit", small("adam"), x, y, 282, batch_size=32)
    fit("minibatch-joined", small("adam", steps_per_execution=16), x, y, 282, batch_size=32)


def online():
    x, y = regression_data()
    x, y = x[:1000], y[:1000]
    optimizer = keras.optimizers.SGD
    fit("online-fit", small(optimizer(1e-6)), x, y, 1000, batch_size=1)
    joined = small(optimizer(1e-6), steps_per_execution=100)
    fit("online-joined", joined, x, y, 1000, batch_size=1)


def mlp():
    return [
        layers.Input((784,)),
        layers.Dense(128, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]


def cnn():
    return [
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]


def classifier(name, make, shape, size, samples):
    x = random.random((samples, *shape), dtype=f32)
    y = random.integers(0, 10, samples)
    model = keras.Sequential(make())
    model.compile(keras.optimizers.Adam(TINY_RATE), "sparse_categorical_crossentropy")
    fit(f"{name}-fit", model, x, y, samples, batch_size=size)
    one, batch = x[:1], x[:size]
    figure(f"{name}-infer-1", lambda: model.predict_on_batch(one))
    figure(f"{name}-infer-{size}", lambda: model.predict_on_batch(batch), items=size)


def lstm():
    x, y = random.random((640, 50, 32), dtype=f32), random.random((640, 1), dtype=f32)
    model = keras.Sequential([layers.Input((50, 32)), layers.LSTM(64), layers.Dense(1)])
    model.compile("adam", "mse")
    fit("lstm-train", model, x, y, 20, batch_size=32)


WORKS = {
    "regression": regression,
    "minibatch": minibatch,
    "online": online,
    "mlp": lambda: classifier("mlp", mlp, (784,), 128, 12800),
    "cnn": lambda: classifier("cnn", cnn, (28, 28, 1), 64, 1280),
    "lstm": lstm,
}

WORKS[sys.argv[1]]()
about(version=keras.__version__, backend=f"{backend} {__import__(backend).__version__}")
