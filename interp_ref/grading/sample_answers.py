"""What the students of the sample class wrote in lesson 3: text that nbgrader runs, never this package.

Each wrong answer is one that is found in notebooks in circulation.
"""

LESSON = "03_grad_cam"

LOSS_GRADIENT = '''
def activations_and_gradients(model, images, class_index, layer):
    inner = find_layer(model, layer)
    front, back = cut(model, inner)
    A = front(images)
    with tf.GradientTape() as tape:
        tape.watch(A)
        logits = back(A)
        labels = np.broadcast_to(class_index, len(images))
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    return A.numpy(), tape.gradient(loss, A).numpy()
'''

MEAN_OVER_CHANNELS = '''
def channel_weights(gradients):
    return np.mean(gradients, axis=-1)
'''

SUM_FOR_MEAN = '''
def channel_weights(gradients):
    return np.sum(gradients, axis=(1, 2))
'''

NO_RELU = '''
def grad_cam(model, images, class_index, layer):
    A, G = activations_and_gradients(model, images, class_index, layer)
    return np.einsum("nhwk,nk->nhw", A, channel_weights(G))
'''

PRINTS = '''
def closed_form_alphas(class_weights, class_index, height, width):
    alphas = class_weights[:, class_index].T / (height * width)
    print(alphas)
'''

NO_DIVISION = '''
def closed_form_alphas(class_weights, class_index, height, width):
    return class_weights[:, class_index].T
'''

ABSOLUTE = '''
def counterfactual(model, images, class_index, layer):
    A, G = activations_and_gradients(model, images, class_index, layer)
    return np.abs(np.einsum("nhwk,nk->nhw", A, channel_weights(-G)))
'''

IMPORTED = '''
def grad_cam(model, images, class_index, layer):
    from interp_ref.methods.grad_cam import grad_cam as ready
    return ready(model, images, class_index, layer)
'''
