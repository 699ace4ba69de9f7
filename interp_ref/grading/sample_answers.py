"""What the students of the sample class wrote in lesson 3: text that nbgrader runs, never this package.

Each wrong answer is one that is found in notebooks in circulation.
"""

LESSON = "03_grad_cam"

LOSS_GRADIENT = """
def activations_and_gradients(model, images, class_index, layer):
    below, above = split_at(model, layer)
    activations = below(images)
    with tf.GradientTape() as tape:
        tape.watch(activations)
        logits = above(activations)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(class_index, logits)
    return activations, tape.gradient(loss, activations)
"""

MEAN_OVER_CHANNELS = """
def channel_weights(gradients):
    return np.mean(gradients, axis=-1)
"""

NO_RELU = """
def grad_cam(model, images, class_index, layer):
    A, G = activations_and_gradients(model, images, class_index, layer)
    return np.einsum("nhwk,nk->nhw", A, channel_weights(G))
"""

PRINTS = """
def closed_form_alphas(class_weights, class_index, height, width):
    alphas = class_weights[:, class_index].T / (height * width)
    print(alphas)
"""

WARNS = """
def channel_weights(gradients):
    import warnings
    warnings.warn("I am right, and I talk")
    return np.mean(gradients, axis=(1, 2))
"""

IMPORTED = """
def grad_cam(model, images, class_index, layer):
    from interp_ref.methods.grad_cam import grad_cam as ready
    return ready(model, images, class_index, layer)
"""
