"""A network whose weights are fixed, for a tape that asks about the pictures alone."""

from __future__ import annotations

import tensorflow as tf


class FixedWeights:
    """The model as a function of its input alone: the same numbers, the gradient sooner.

    Called as the model is: pictures [N,H,W,3] float32 as it takes them give its outputs, in inference mode.
    Everything else that is asked of it, the model answers.

    A `tf.GradientTape` that runs eagerly works out the gradient of every filter of a convolution beside that
    of its input, whether anybody asks for it or not, and whether the layer is trainable or not. In a graph
    where no gradient goes to the weights, that half of the way back is never computed: VGG16's gradient then
    takes two thirds of the time.
    """

    def __init__(self, model):
        self.model = model
        pictures = tf.TensorSpec(model.input_shape, model.inputs[0].dtype)
        self._outputs = tf.function(self._of_the_input_alone, input_signature=[pictures])

    def _of_the_input_alone(self, images):
        fixed = (
            [tf.stop_gradient(one) for one in weights]
            for weights in (self.model.trainable_variables, self.model.non_trainable_variables)
        )
        outputs, _ = self.model.stateless_call(*fixed, images, training=False)
        return outputs

    def __call__(self, images, training: bool = False):
        if training:
            raise ValueError("Fixed weights do not learn: call the model itself with training=True.")
        return self._outputs(tf.cast(images, self.model.inputs[0].dtype))

    def __getattr__(self, name: str):
        return getattr(self.model, name)
