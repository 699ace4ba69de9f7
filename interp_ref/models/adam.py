"""Softmax regression by Adam, an epoch at a time, with nothing left to chance and a state that can be kept.

Kingma & Ba 2015 (Adam, arXiv:1412.6980), algorithm 1, in float64. The last row of the parameters is the bias.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

DECAY_MEAN, DECAY_SQUARE, TINY = 0.9, 0.999, 1e-8


@dataclass(frozen=True)
class State:
    """Where training stands: parameters [K+1,C], Adam's two moments of that shape, steps and epochs done."""

    parameters: np.ndarray
    mean: np.ndarray
    square: np.ndarray
    steps: int = 0
    epochs: int = 0

    @classmethod
    def start(cls, channels: int, classes: int) -> State:
        """All zero: no class is favoured, and the columns sum to zero, which no step changes."""
        return cls(*(np.zeros((channels + 1, classes)) for _ in range(3)))


def epoch(state: State, pooled: np.ndarray, labels: np.ndarray, settings: dict) -> tuple[State, float]:
    """One pass over pooled features [N,K] and labels [N], in an order of its own: (new state, mean loss).

    The order comes from the seed and the epoch's number alone, so a run that was stopped can be continued.
    settings: seed, batch_size, learning_rate, weight_decay (lambda of lambda/2 * sum w^2, bias left out).
    """
    order = np.random.default_rng([settings["seed"], state.epochs]).permutation(len(labels))
    losses = []
    for start in range(0, len(order), settings["batch_size"]):
        batch = order[start : start + settings["batch_size"]]
        gradient, loss = gradient_and_loss(state.parameters, pooled[batch], labels[batch])
        gradient[:-1] += settings["weight_decay"] * state.parameters[:-1]
        state = _step(state, gradient, settings["learning_rate"])
        losses.append(loss * len(batch))
    return replace(state, epochs=state.epochs + 1), sum(losses) / len(order)


def gradient_and_loss(parameters, pooled: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
    """Gradient [K+1,C] and value of the mean cross-entropy L.

    dL/dw = pooled^T (p - y) / N and dL/db = mean(p - y), with p the softmax and y the one-hot labels.
    """
    logits = pooled @ parameters[:-1] + parameters[-1]
    logits -= logits.max(axis=1, keepdims=True)
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    rows = np.arange(len(labels))
    error = np.exp(log_p)
    error[rows, labels] -= 1
    error /= len(labels)
    return np.vstack([pooled.T @ error, error.sum(axis=0)]), -float(log_p[rows, labels].mean())


def _step(state: State, gradient: np.ndarray, learning_rate: float) -> State:
    steps = state.steps + 1
    mean = DECAY_MEAN * state.mean + (1 - DECAY_MEAN) * gradient
    square = DECAY_SQUARE * state.square + (1 - DECAY_SQUARE) * gradient**2
    unbiased_mean = mean / (1 - DECAY_MEAN**steps)
    unbiased_square = square / (1 - DECAY_SQUARE**steps)
    change = learning_rate * unbiased_mean / (np.sqrt(unbiased_square) + TINY)
    return replace(state, parameters=state.parameters - change, mean=mean, square=square, steps=steps)
