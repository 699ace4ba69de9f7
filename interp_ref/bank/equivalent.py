"""Mutants that no check should kill, since they are right: each with its proof.

Right means: the same answer, to rounding, to every question that the exercise's challenges can draw. What only a
network or an input of another kind would show is the business of the methods' own tests.
"""

# ruff: noqa: E501 (a key holds a line of code as it stands)

from __future__ import annotations

IDENTITY = "The reference's step hands its argument on: it is there for misconceptions to replace."
FLOATS = "The check takes float32 and float64 for the same: the numbers agree to rounding."
REFUSES = (
    "What is left out refuses bad input and takes lists and single numbers; challenges hand over neither."
)
COMMUTES = "A sum or a product, whose order makes no difference."
SHIFT = "One number taken from all logits of a picture changes no probability, and these are too small to overflow."
ONE = "Each layer of the challenges' networks has one input and one output: the first is the last."
PAIR = "After the pooling every shape is [N, K]: it has two entries, and the last is entry 1."
MODE = "Outside of training Keras runs a model in inference mode anyway, and inside it overrules what is written here."
NOTHING_TO_CUT = "The backbones that are drawn end in what may stay: nothing is cut off."
NAME = "A name changes no number."
SHOWN = "Whether a bar is shown changes no number."
GRAPH = "A compiled function computes what its layers compute; it saves time."
FORM = "The check, or NumPy, reads a tensor, a list or a tuple as it stands."
WATCHED = "The tape watches the weights too, which changes no gradient by the activations."
ASKED = "The reference's step hands class_index on and looks at nothing else."
NODES = "Keras wrote training=False into every node that takes it, so what is said here is not looked at."
FUNCTIONAL = "What the challenges' networks consist of is either a plain layer or functional: these tests agree on both."
NO_BRANCH = "No network of a challenge has a branch past the cut; those of tests/methods/test_graph.py do."
MEMORY = "Which tensors are let go, and when, changes memory and no number."
BY_NAME = "No layer of the challenges' networks takes a tensor by name."
IMAGES = "The default stands for the images, which no layer's name means; input_gradient asks for them and kills it."
NO_LAYER = "Where no layer is named, neither paths nor the list of layers is read."
LOGITS = "The challenges' models end in logits: there is nothing to look through."
ACTIVATIONS = "Every activation in the challenges' networks is a function with a plain name."
LAST_DENSE = "The challenges' networks end in a Dense layer, which is idle by none of the three."
EACH = "A class is asked for each picture, in whole numbers of any size: there is nothing to make alike."
UNKNOWN_SIDE = "NumPy takes every negative side for the one that it has to find."
EVEN = "Twice a whole number is even: a truth value is added to it in its last bit."
SHARES = "A share is float64, and NumPy makes float64 of what it is multiplied with."
BETWEEN = "What lies between two numbers from 0 to 255 is from 0 to 255."
AROUND = (
    "The weighted features sum to 0, so one number added to all targets of a class drops out of the solution."
)
THREE = "There are three classes in each challenge, and 2 + 1 is 3 in all of these ways."
BOOLEAN = "Of true and false the product, and the quotient (0 where NumPy divides by 0), is what and gives, and the sum is what or gives."
AFFINE = "A correlation does not move when one number is added to all ranks of a map."

EQUIVALENT: dict[str, dict[str, str]] = {
    "normalize_map": {
        "lesson00._normalize_map SkipCall: prepared = (maps)": IDENTITY,
        "lesson00._normalize_map SkipCall: return step.stretch(prepared, *step.limits(prepared))": FLOATS,
        "lesson00._stretch ReplaceComparisonOperator_Gt_NotEq: return (maps - low) / np.where(spread != 0, spread, 1)": "A spread is a maximum minus a minimum: it is never below 0.",
        "lesson00._stretch NumberReplacer: return (maps - low) / np.where(spread > 0, spread, 2)": "Where nothing spreads the numerator is 0, whatever divides it.",
        "maps.normalize_map ReplaceComparisonOperator_Gt_NotEq: return ((maps - lowest) / np.where(spread != 0, spread, 1)).astype(np.float32)": "A spread is a maximum minus a minimum: it is never below 0.",
        "maps.normalize_map NumberReplacer: return ((maps - lowest) / np.where(spread > 0, spread, 2)).astype(np.float32)": "Where nothing spreads the numerator is 0, whatever divides it.",
        "maps.normalize_map SkipCall: maps = (maps)": REFUSES,
        "maps.normalize_map SkipCall: return ((maps - lowest) / np.where(spread > 0, spread, 1))": FLOATS,
    },
    "overlay": {
        "lesson00_overlay._overlay SkipCall: mixed = step.mix(step.picture(images), step.colour(maps), (alpha))": IDENTITY,
        "lesson00_overlay._overlay SkipCall: return (mixed).astype(np.float32)": IDENTITY,
        "lesson00_overlay._overlay SkipCall: return step.finish(mixed)": FLOATS,
        "overlay.overlay SkipCall: (images)": REFUSES,
        "overlay.overlay SkipCall: colours = named_colour_map(colour_map)(maps)[..., :3]": FLOATS,
        "overlay.overlay SkipCall: return ((1 - alpha) * (images / 255) + alpha * colours)": FLOATS,
    },
    "preprocess": {
        "lesson01_preprocess._preprocess SkipCall: return (step.centre(step.order(images).astype(np.float32)))": IDENTITY,
        "lesson01_preprocess._preprocess SkipCall: return step.finish(step.centre(step.order(images)))": "NumPy makes float32 of uint8 minus float32.",
        "preprocessing.preprocess SkipCall: return images[..., ::-1] - np.float32(IMAGENET_MEAN_BGR)": "NumPy makes float32 of uint8 minus float32.",
    },
    "build_classifier": {
        'lesson01_network DropArgument: "features": lambda backbone, images: backbone(images),': MODE,
        "architecture.classifier SkipCall: backbone = (backbone)": NOTHING_TO_CUT,
        "architecture.classifier DropArgument: features = backbone(pictures)": MODE,
        "architecture.classifier DropArgument: pooled = keras.layers.GlobalAveragePooling2D()(features)": NAME,
        'architecture.classifier DropArgument: logits = keras.layers.Dense(classes, name="logits")(pooled)': "The head is given other numbers before its logits are compared.",
        'architecture.classifier DropArgument: logits = keras.layers.Dense(classes, kernel_initializer="zeros")(pooled)': NAME,
        "architecture.classifier DropArgument: return keras.Model(pictures, logits)": NAME,
    },
    "extract_features": {
        "lesson01_features._extract_features SkipCall: return (step.join(batches))": IDENTITY,
        "lesson01_features._run DropArgument: return np.asarray(backbone(pictures))": MODE,
        "features NumberReplacer: WORTH_KEEPING = 1000001": "Whether features are kept on disk changes no number, and no drawn backbone is that large.",
        "features NumberReplacer: WORTH_KEEPING = 999999": "Whether features are kept on disk changes no number, and no drawn backbone is that large.",
        "features.extract_features SkipCall: backbone, images = (backbone), np.asarray(images)": NOTHING_TO_CUT,
        "features.extract_features SkipCall: missing = cache.fill(results, images) if cache else (range(len(images)))": FORM,
        "features.extract_features SkipCall: for start in (range(0, len(missing), batch_size)):": SHOWN,
        "features._forward SkipCall: return (backbone), batch_size": GRAPH,
        "features._compiled SkipCall: forward = (lambda pictures: backbone(pictures, training=False))": GRAPH,
        "features._compiled DropArgument: forward = tf.function(lambda pictures: backbone(pictures, training=False))": GRAPH,
        "features._compiled DropArgument: forward = tf.function(lambda pictures: backbone(pictures), input_signature=signature)": MODE,
        'features.extract_features ReplaceUnaryOperator_Delete_Not: bar = {"desc": "Features", "unit": "batch", "disable": progress, "file": sys.stdout}': SHOWN,
        "features._shape_of_one NumberReplacer: batch = backbone.compute_output_shape(( 2, *np.shape(images)[1:]))": "The number of pictures in the shape is cut off again.",
        "features._shape_of_one NumberReplacer: batch = backbone.compute_output_shape(( 0, *np.shape(images)[1:]))": "The number of pictures in the shape is cut off again.",
        "features._shape_of_one SkipCall: return tuple(batch[-1:]) if pooled else (batch[1:])": FORM,
    },
    "class_score": {
        "lesson02_score._class_score SkipCall: return (logits)[np.arange(len(logits)), step.asked(class_index, logits)]": IDENTITY,
        "lesson02_score._class_score SkipCall: return step.scores(logits)[np.arange(len(logits)), (class_index)]": IDENTITY,
        "scores.class_score SkipCall: class_index = (class_index)": REFUSES,
        "scores.class_indices SkipCall: return (index).astype(np.int32)": EACH,
        "scores.class_indices SkipCall: return np.broadcast_to(index, (count,))": EACH,
        "folding.gap_head ReplaceComparisonOperator_Eq_GtE: class_weights = scale @ class_weights if scale.ndim >= 2 else scale[:, None] * class_weights": "A scale has one axis or two.",
        "folding.gap_head NumberReplacer: step = graph.producer(step.inputs[ -1]) or _refuse(step)": ONE,
        "folding.gap_head NumberReplacer: return Head(graph, step.inputs[ -1], class_weights.astype(np.float32), bias.astype(np.float32))": ONE,
        "folding.gap_head SkipCall: return Head(graph, step.inputs[0], class_weights, bias.astype(np.float32))": FLOATS,
        "folding.gap_head SkipCall: return Head(graph, step.inputs[0], class_weights.astype(np.float32), bias)": FLOATS,
        "folding.gap_head SwapArguments: return Head(step.inputs[0], graph, class_weights.astype(np.float32), bias.astype(np.float32))": "The score is made of the head's weights and bias; the other two fields are not read.",
        "folding._idle_after_pooling ReplaceComparisonOperator_Eq_LtE: return is_idle(step) and (len(shape) <= 2 or shape[1:3] == (1, 1))": PAIR,
        "folding._idle_after_pooling ReplaceComparisonOperator_Eq_GtE: return is_idle(step) and (len(shape) >= 2 or shape[1:3] == (1, 1))": PAIR,
        "folding._idle_after_pooling NumberReplacer: shape = graph.shapes[step.inputs[ -1]]": ONE,
        "folding._scale_and_shift ReplaceUnaryOperator_USub_UAdd: channels = graph.shapes[step.inputs[0]][+1]": PAIR,
        "folding._scale_and_shift ReplaceUnaryOperator_Delete_USub: channels = graph.shapes[step.inputs[0]][1]": PAIR,
        "folding._scale_and_shift NumberReplacer: channels = graph.shapes[step.inputs[ -1]][-1]": ONE,
    },
    "location_score": {
        "lesson02_score._location_score SkipCall: asked = (class_index)": IDENTITY,
    },
    "class_activation_map": {
        "lesson02_cam._class_activation_map SkipCall: features = (features)": IDENTITY,
        "lesson02_cam._class_activation_map SkipCall: return (step.combine(features, columns))": IDENTITY,
        "cam.class_activation_map NumberReplacer: class_index = class_indices(class_index, len(features), class_weights.shape[ 0])": "The number of classes serves to refuse a class that the head does not have.",
        "cam.class_activation_map SkipCall: class_index = (class_index)": REFUSES,
    },
    "upsample": {
        "lesson02_upsample._upsample SkipCall: maps = (maps)": IDENTITY,
        "lesson02_upsample._upsample SkipCall: return (step.resize(maps, *step.size(maps, height, width)))": IDENTITY,
        "maps.resize_map NumberReplacer: return np.asarray(tf.image.resize(maps[..., None], (int(height), int(width)))[..., -1])": "The axis has one entry.",
        "maps.resize_map SkipCall: maps = (maps)": REFUSES,
    },
    "localize": {
        "lesson02_boxes._localize SwapArguments: return boxes, np.array([step.overlap(*pair) for pair in zip(true_boxes, boxes, strict=True)], np.float32)": "Two boxes share the same area and union in either order.",
        "lesson02_boxes._regions ReplaceBinaryOperator_Add_LShift: return labels, ndimage.sum_labels(mask, labels, np.arange(1, count << 1))": "A label that no place has is of size 0 and never the largest.",
        "lesson02_boxes._regions NumberReplacer: return labels, ndimage.sum_labels(mask, labels, np.arange(1, count + 2))": "A label that no place has is of size 0 and never the largest.",
        "lesson02_boxes._box NumberReplacer: rows, columns = np.nonzero(mask.any(axis=1))[ -1], np.nonzero(mask.any(axis=0))[0]": "The places of one axis come as a tuple of one array.",
        "lesson02_boxes._box NumberReplacer: rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[ -1]": "The places of one axis come as a tuple of one array.",
        "lesson02_boxes._box SkipCall: rows, columns = np.nonzero(mask)[0], np.nonzero(mask.any(axis=0))[0]": "Places are listed row by row: the first and the last row are the same.",
        "lesson02_boxes._iou SwapArguments: shared = _intersection(b, a, side)": "Two boxes share the same area and union in either order.",
        'lesson02_boxes ReplaceComparisonOperator_GtE_Gt: "mask": lambda maps, threshold: maps > threshold * _largest_of(maps),': "No value of a drawn map equals the threshold to the last bit, and either side would do.",
    },
    "activations_and_gradients": {
        "lesson03_gradients._activations_and_gradients SkipCall: activations, gradients = step.score(model, images, asked, (layer))": IDENTITY,
        "lesson03_gradients._activations_and_gradients SkipCall: return activations, (step.over_batch(gradients))": IDENTITY,
        "lesson03_gradients._activations_and_gradients SkipCall: return activations, step.gradient((gradients))": IDENTITY,
        "lesson03_gradients._activations_and_gradients SwapArguments: asked = step.asked(images, model, class_index)": ASKED,
        "gradients.activations_and_gradients ReplaceFalseWithTrue: with tf.GradientTape(watch_accessed_variables=True) as tape:": WATCHED,
        "gradients.gradient_of SkipCall: class_index = (class_index)": EACH,
        "gradients.gradient_of SkipCall: return (run(activations_and_gradients, graph, (slot, score), images, class_index))": FORM,
        "gradients.gradient_of SwapArguments: class_index = class_indices(class_index, graph.shapes[graph.target][1], len(images))": "It refuses classes out of range, and three pictures are asked for classes out of three.",
        "gradients.activations_and_gradients DropArgument: with tf.GradientTape() as tape:": WATCHED,
        "gradients.prepared SkipCall: images = (images)": REFUSES,
        "gradients.prepared SkipCall: (model)": REFUSES,
        "gradients.prepared SwapArguments: _check_size(images.shape, model)": REFUSES,
        'graph.read ReplaceFalseWithTrue: (target,) = reader.read(functional, [source], prefix="", training=True)': NODES,
        "graph.read NumberReplacer: source = reader.slot(tuple(functional.inputs[ -1].shape))": ONE,
        "graph.read SkipCall: functional = (model)": FUNCTIONAL,
        "graph.read SkipCall: source = reader.slot((functional.inputs[0].shape))": FORM,
        "graph.split ReplaceUnaryOperator_USub_UAdd: cut = 1 + next((i for i, step in enumerate(graph.steps) if slot in step.outputs), +1)": IMAGES,
        "graph.split ReplaceUnaryOperator_USub_Invert: cut = 1 + next((i for i, step in enumerate(graph.steps) if slot in step.outputs), ~1)": IMAGES,
        "graph.split ReplaceUnaryOperator_USub_Not: cut = 1 + next((i for i, step in enumerate(graph.steps) if slot in step.outputs), not 1)": IMAGES,
        "graph.split ReplaceUnaryOperator_Delete_USub: cut = 1 + next((i for i, step in enumerate(graph.steps) if slot in step.outputs), 1)": IMAGES,
        "graph.split NumberReplacer: cut = 1 + next((i for i, step in enumerate(graph.steps) if slot in step.outputs), - 2)": IMAGES,
        "graph.split NumberReplacer: cut = 1 + next((i for i, step in enumerate(graph.steps) if slot in step.outputs), - 0)": IMAGES,
        "graph.split SkipCall: needed_above = {slot, graph.target}": NO_BRANCH,
        "graph._run ReplaceComparisonOperator_LtE_Eq: if last_use.get(slot, i) == i and slot not in keep:": MEMORY,
        "graph._run ReplaceComparisonOperator_LtE_Lt: if last_use.get(slot, i) < i and slot not in keep:": MEMORY,
        "graph._run ReplaceComparisonOperator_LtE_Is: if last_use.get(slot, i) is i and slot not in keep:": MEMORY,
        "graph._run ZeroIterationForLoop: for slot in []:": MEMORY,
        "graph._run SkipCall: args, kwargs = _fill(step.args, tensors), (step.kwargs)": BY_NAME,
        "graph._run SkipCall: if (slot) <= i and slot not in keep:": "On a chain step i takes slot i and makes slot i + 1: the same tensors are let go.",
        "graph._run SkipCall: (slot)": MEMORY,
        "graph._run SkipCall: tensors": MEMORY,
        "graph._run SwapArguments: tensors.pop(None, slot)": MEMORY,
        'graph._call NumberReplacer: outputs = self.read(inner, keras.tree.flatten(args[ -1]), f"{path}/", training)': ONE,
        "graph._call NumberReplacer: self.calls.append((path, outputs[ -1]))": ONE,
        "graph._step SkipCall: inputs = tuple(x for x in keras.tree.flatten((args, kwargs)) if (x))": "Of the slots this leaves out slot 0 alone, the images, which the first layer takes and nobody later.",
        "graph._step SkipCall: outputs = [self.slot((tensor.shape)) for tensor in node.outputs]": FORM,
        "graph._step SkipCall: self.steps.append(Step(path, layer, layer, args, kwargs, inputs, (outputs)))": FORM,
        'graph._with_training AddNot: return {**kwargs, "training": training} if not takes_it else kwargs': NODES,
        'graph._functional ReplaceAndWithOr: return layer if isinstance(layer, keras.Model) or hasattr(layer, "_nodes_by_depth") else None': FUNCTIONAL,
        'graph._functional SkipCall: return layer if (layer) and hasattr(layer, "_nodes_by_depth") else None': FUNCTIONAL,
        "graph._functional SkipCall: return layer if isinstance(layer, keras.Model) and (layer) else None": FUNCTIONAL,
        "layers.find_layer NumberReplacer: return slots[ -1]": ONE,
        "logits.logits_graph SkipCall: return (read(model))": LOGITS,
        "logits.look_through SkipCall: return (graph)": LOGITS,
        'logits.activation_of SkipCall: name = getattr(activation, "__name__", type(activation).__name__)': ACTIVATIONS,
        'logits.activation_of SkipCall: name = getattr(activation, "__name__", (activation).__name__).removesuffix("_v2")': ACTIVATIONS,
        "logits.is_idle ReplaceComparisonOperator_Is_Eq: idle = step.function == _unchanged or linear or isinstance(step.layer, _IDLE)": "A function equals itself alone.",
        "logits.is_idle ReplaceOrWithAnd: idle = step.function is _unchanged and linear or isinstance(step.layer, _IDLE)": LAST_DENSE,
        "logits.is_idle ReplaceOrWithAnd: idle = step.function is _unchanged or linear and isinstance(step.layer, _IDLE)": LAST_DENSE,
        "scores.class_score SkipCall: class_index = (class_index)": REFUSES,
        "scores.class_indices SkipCall: return (index).astype(np.int32)": EACH,
        "scores.class_indices SkipCall: return np.broadcast_to(index, (count,))": EACH,
    },
    "channel_weights": {
        "lesson03_gradients._channel_weights SkipCall: return (step.average(step.prepare(gradients)))": IDENTITY,
        "lesson03_gradients._channel_weights SkipCall: return step.finish(step.average((gradients)))": IDENTITY,
        "grad_cam.channel_weights SkipCall: return np.mean(gradients, axis=(1, 2), dtype=np.float64)": FLOATS,
    },
    "grad_cam": {
        "lesson03_maps._grad_cam SkipCall: return (step.combine(activations, step.alphas(gradients)))": IDENTITY,
        "grad_cam.channel_weights SkipCall: return np.mean(gradients, axis=(1, 2), dtype=np.float64)": FLOATS,
        'grad_cam.combine SkipCall: return np.maximum(np.einsum("nhwk,nk->nhw", activations, alphas), 0)': FLOATS,
    },
    "closed_form_alphas": {
        "lesson03_pooling._closed_form_alphas SkipCall: return (alphas)": IDENTITY,
        "lesson03_pooling._closed_form_alphas SwapArguments: alphas = step.column(class_weights, class_index) / step.places(width, height, class_weights)": COMMUTES,
    },
    "counterfactual": {
        "grad_cam.channel_weights SkipCall: return np.mean(gradients, axis=(1, 2), dtype=np.float64)": FLOATS,
        'grad_cam.combine SkipCall: return np.maximum(np.einsum("nhwk,nk->nhw", activations, alphas), 0)': FLOATS,
    },
    "alphas_flatten_dense": {
        "lesson03_flatten._alphas_flatten_dense SwapArguments: by_place = step.unflatten(dense_weights, width, height)": COMMUTES,
        "lesson03_flatten._places_first ReplaceUnaryOperator_USub_Invert: return dense_weights.reshape(height * width, ~1, dense_weights.shape[1])": "NumPy takes any negative size for the one that it is to work out.",
        "lesson03_flatten._places_first NumberReplacer: return dense_weights.reshape(height * width, - 2, dense_weights.shape[1])": "NumPy takes any negative size for the one that it is to work out.",
    },
    "first_order_score": {
        "lesson04_taylor._first_order_score SkipCall: return (score) + step.total(step.product(gradient, step.move(images, moved_images)))": IDENTITY,
        "lesson04_taylor._first_order_score SwapArguments: return step.start(score) + step.total(step.product(step.move(images, moved_images), gradient))": COMMUTES,
    },
    "input_gradient": {
        "lesson04_gradient._input_gradient SkipCall: return (gradients)": IDENTITY,
        "lesson04_gradient._input_gradient SwapArguments: asked = step.asked(images, model, class_index)": ASKED,
        "gradients.activations_and_gradients ReplaceFalseWithTrue: with tf.GradientTape(watch_accessed_variables=True) as tape:": WATCHED,
        "gradients.gradient_of SkipCall: class_index = (class_index)": EACH,
        "gradients.gradient_of SkipCall: return (run(activations_and_gradients, graph, (slot, score), images, class_index))": FORM,
        "gradients.activations_and_gradients DropArgument: with tf.GradientTape() as tape:": WATCHED,
        "graph.read SwapArguments: return Graph(source, target, reader.steps, reader.shapes, reader.calls, weakref.ref(model))": "Only the rank of the logits is read, and an entry of the other table has two parts as well.",
        "gradients.prepared SkipCall: images = (images)": REFUSES,
        "gradients.prepared SkipCall: (model)": REFUSES,
        "gradients.prepared SwapArguments: _check_size(images.shape, model)": REFUSES,
        'graph.read ReplaceFalseWithTrue: (target,) = reader.read(functional, [source], prefix="", training=True)': NODES,
        "graph.read NumberReplacer: source = reader.slot(tuple(functional.inputs[ -1].shape))": ONE,
        "graph.read SkipCall: functional = (model)": FUNCTIONAL,
        "graph.read SkipCall: source = reader.slot((functional.inputs[0].shape))": FORM,
        "graph.split ReplaceBinaryOperator_Add_Mod: cut = 1 % next((i for i, step in enumerate(graph.steps) if slot in step.outputs), -1)": "The remainder of 1 by -1 is 0, as 1 + -1 is, and no step makes the images.",
        "graph.split SkipCall: needed_above = {slot, graph.target}": NO_BRANCH,
        "graph._run ReplaceComparisonOperator_LtE_Eq: if last_use.get(slot, i) == i and slot not in keep:": MEMORY,
        "graph._run ReplaceComparisonOperator_LtE_Lt: if last_use.get(slot, i) < i and slot not in keep:": MEMORY,
        "graph._run ReplaceComparisonOperator_LtE_Is: if last_use.get(slot, i) is i and slot not in keep:": MEMORY,
        "graph._run ZeroIterationForLoop: for slot in []:": MEMORY,
        "graph._run SkipCall: args, kwargs = _fill(step.args, tensors), (step.kwargs)": BY_NAME,
        "graph._run SkipCall: if (slot) <= i and slot not in keep:": "On a chain step i takes slot i and makes slot i + 1: the same tensors are let go.",
        "graph._run SkipCall: (slot)": MEMORY,
        "graph._run SkipCall: tensors": MEMORY,
        "graph._run SwapArguments: tensors.pop(None, slot)": MEMORY,
        'graph._call NumberReplacer: outputs = self.read(inner, keras.tree.flatten(args[ -1]), f"{path}/", training)': ONE,
        "graph._call NumberReplacer: self.calls.append((path, outputs[ -1]))": ONE,
        "graph._call SkipCall: ((path, outputs[0]))": NO_LAYER,
        "graph._call SkipCall: self.calls": NO_LAYER,
        "graph._step SkipCall: inputs = tuple(x for x in keras.tree.flatten((args, kwargs)) if (x))": "Of the slots this leaves out slot 0 alone, the images, which the first layer takes and nobody later.",
        "graph._step SkipCall: outputs = [self.slot((tensor.shape)) for tensor in node.outputs]": FORM,
        "graph._step SkipCall: self.steps.append(Step(path, layer, layer, args, kwargs, inputs, (outputs)))": FORM,
        'graph.read SwapArguments: outputs = self._call(node, slots, training, f"{prefix}{node.operation.name}")': "Where no layer is named paths are not read, and Keras wrote training=False into every node that takes it.",
        'graph._call SwapArguments: outputs = self.read(inner, keras.tree.flatten(args[0]), training, f"{path}/")': "Where no layer is named paths are not read, and Keras wrote training=False into every node that takes it.",
        'graph._with_training AddNot: return {**kwargs, "training": training} if not takes_it else kwargs': NODES,
        'graph._functional ReplaceAndWithOr: return layer if isinstance(layer, keras.Model) or hasattr(layer, "_nodes_by_depth") else None': FUNCTIONAL,
        'graph._functional SkipCall: return layer if (layer) and hasattr(layer, "_nodes_by_depth") else None': FUNCTIONAL,
        "graph._functional SkipCall: return layer if isinstance(layer, keras.Model) and (layer) else None": FUNCTIONAL,
    },
    "largest_change": {
        "lesson04_taylor._largest_change SwapArguments: return step.reach(epsilon, step.total(step.size(gradient)))": COMMUTES,
    },
    "saliency_map": {
        "lesson04._saliency_map SkipCall: return (step.colours(step.size(gradient)))": IDENTITY,
        "saliency.saliency SkipCall: return tf.reduce_max(tf.abs(gradient), axis=-1)": FORM,
    },
    "noisy_copies": {
        "lesson05_smoothing._noisy_copies SwapArguments: return step.copies(images, step.sigma(noise_level, step.spread(images)), noise)": COMMUTES,
    },
    "gradients_of_copies": {
        "lesson05_smoothing._gradients_of_copies SkipCall: return (step.gradient(model, step.points(copies), classes))": IDENTITY,
        "lesson05_smoothing._gradients_of_copies SkipCall: return step.finish(step.gradient(model, (copies), classes))": IDENTITY,
    },
    "completeness_error": {
        "lesson05_sums._completeness_error SwapArguments: return step.gap(change, total) / step.scale(total, change, floor)": "The size of a difference does not depend on its order.",
    },
    "guided_relu_gradient": {
        "lesson05_guided._guided_relu_gradient SwapArguments: return step.pass_on(step.open_backward(gradient), step.open_forward(inputs), gradient)": COMMUTES,
        "lesson05_guided._guided_relu_gradient SwapArguments: return step.pass_on(step.open_forward(inputs), gradient, step.open_backward(gradient))": COMMUTES,
        "lesson05_guided._both ReplaceBinaryOperator_Mul_FloorDiv: return forward // backward * gradient": "Of two truth values NumPy makes 1 // 1 = 1, and 0 of the other three: their product.",
        'lesson05_guided ReplaceComparisonOperator_Gt_GtE: "open_backward": lambda gradient: gradient >= 0,': "Where the gradient is 0, what passes is 0 either way.",
    },
    "alphas_global_max_pooling": {
        "lesson03_pooling._alphas_global_max_pooling SkipCall: return (step.gradient_sum(features, columns) / step.places(features))": IDENTITY,
    },
    "layer_cam": {
        "lesson06_maps._layer_cam SwapArguments: return step.finish(step.channels(step.weigh(step.weights(gradients), activations)))": COMMUTES,
    },
    "place_weights": {
        "lesson06_alphas._divided_where_there_is_a_gradient SkipCall: return np.divide(gradients**2, denominator, (denominator), where=gradients != 0)": "Where the gradient is 0, so is the denominator, and what is written there is that 0.",
    },
    "grad_cam_plus_plus": {
        "lesson06_maps._grad_cam_plus_plus SwapArguments: weights = step.collect(step.rectify(gradients), step.alphas(activations, gradients))": COMMUTES,
        "lesson06_maps._grad_cam_plus_plus SwapArguments: return step.combine(weights, activations)": COMMUTES,
    },
    "score_cam": {
        "lesson06_score_cam._all_logits ReplaceUnaryOperator_USub_Invert: flat = seen.reshape(~1, *seen.shape[2:]).astype(np.float32)": UNKNOWN_SIDE,
        "lesson06_score_cam._all_logits ReplaceUnaryOperator_USub_Invert: return draws.model_logits(model, flat).reshape(*seen.shape[:2], ~1)": UNKNOWN_SIDE,
        "lesson06_score_cam._all_logits NumberReplacer: flat = seen.reshape(- 2, *seen.shape[2:]).astype(np.float32)": UNKNOWN_SIDE,
        "lesson06_score_cam._all_logits NumberReplacer: return draws.model_logits(model, flat).reshape(*seen.shape[:2], - 2)": UNKNOWN_SIDE,
        "lesson06_score_cam._all_logits SkipCall: flat = seen.reshape(-1, *seen.shape[2:])": FLOATS,
        "lesson06_score_cam._stretched ReplaceComparisonOperator_Gt_NotEq: return (enlarged - low) / np.where(range_ != 0, range_, 1)": "A range is never below 0.",
        "lesson06_score_cam._stretched NumberReplacer: return (enlarged - low) / np.where(range_ > 0, range_, 2)": "Where a channel is constant, 0 is divided, by whichever number.",
        "lesson06_score_cam._softmax ReplaceBinaryOperator_Sub_Add: powers = np.exp(scores + scores.max(axis=axis, keepdims=True))": SHIFT,
        "lesson06_score_cam._softmax DropArgument: powers = np.exp(scores - scores.max(keepdims=True))": SHIFT,
        "lesson06_score_cam._softmax OtherFunction: powers = np.exp(scores - scores.min(axis=axis, keepdims=True))": SHIFT,
    },
    "occlusion_map": {
        "lesson07_perturbing._windows NumberReplacer: window[row : row + patch, column : column + patch] = 2": "The map divides by the sum of the same windows: their height cancels out.",
    },
    "rise_map": {
        "lesson07_perturbing._rise_map SkipCall: return step.scale(step.collect((scores), masks), masks, keep)": IDENTITY,
    },
    "deletion_steps": {
        "lesson07_deletion._deletion_steps NumberReplacer: counts = step.counts(maps[ -1].size, steps)": "All maps of a batch have one size.",
        "lesson07_deletion._places ReplaceUnaryOperator_USub_Invert: flat = maps.reshape(len(maps), ~1)": UNKNOWN_SIDE,
        "lesson07_deletion._places NumberReplacer: flat = maps.reshape(len(maps), - 2)": UNKNOWN_SIDE,
        "lesson07_deletion._places DropArgument: return np.argsort(np.argsort(-flat, axis=1)).reshape(maps.shape)": "The last axis is the default, and of rows it is axis 1.",
        "lesson07_deletion._places DropArgument: return np.argsort(np.argsort(-flat), axis=1).reshape(maps.shape)": "The last axis is the default, and of rows it is axis 1.",
        "lesson07_deletion._counts ReplaceBinaryOperator_FloorDiv_Div: return np.arange(steps + 1) * pixels / steps": "The number of pixels is a multiple of the steps, as the lesson says.",
    },
    "pointing_hits": {
        "lesson07_places._highest ReplaceComparisonOperator_Eq_GtE: return maps >= maps.max(axis=(1, 2), keepdims=True)": "No value lies above the largest one.",
        "lesson07_places._within SkipCall: return ([ndimage.distance_transform_edt(~mask) <= tolerance for mask in masks])": FORM,
        "lesson07_places._share_of_the_highest ReplaceBinaryOperator_BitAnd_Mul: return (highest * wide).sum(axis=(1, 2)) / highest.sum(axis=(1, 2))": "Of true and false the product, and the quotient (0 where NumPy divides by 0), is what and gives.",
        "lesson07_places._share_of_the_highest ReplaceBinaryOperator_BitAnd_FloorDiv: return (highest // wide).sum(axis=(1, 2)) / highest.sum(axis=(1, 2))": "Of true and false the product, and the quotient (0 where NumPy divides by 0), is what and gives.",
    },
    "energy_inside": {
        "lesson07_places._ones_where_there_is_none NumberReplacer: return np.where(evidence.any(axis=(1, 2), keepdims=True), evidence, 2)": "A constant map is meant, and its share does not depend on the constant.",
    },
    "paired_interval": {
        "lesson07_statistics._paired_interval SkipCall: differences = step.pair(first, second.astype(float))": FLOATS,
        "lesson07_statistics._paired_interval SkipCall: differences = step.pair(first.astype(float), second)": FLOATS,
    },
    "rank_correlation": {
        "lesson07_statistics._rank_correlation ReplaceUnaryOperator_USub_Invert: pairs = (step.ranks(maps.reshape(len(maps), ~1).astype(float)) for maps in (first, second))": UNKNOWN_SIDE,
        "lesson07_statistics._rank_correlation NumberReplacer: pairs = (step.ranks(maps.reshape(len(maps), - 2).astype(float)) for maps in (first, second))": UNKNOWN_SIDE,
        "lesson07_statistics._rank_correlation SkipCall: pairs = (step.ranks(maps.reshape(len(maps), -1)) for maps in (first, second))": FLOATS,
        "lesson07_statistics._mean_ranks ReplaceBinaryOperator_Add_Sub: return below + (equal - 1) / 2": AFFINE,
        "lesson07_statistics._mean_ranks ReplaceBinaryOperator_Add_Mul: return below + (equal * 1) / 2": AFFINE,
        "lesson07_statistics._mean_ranks ReplaceBinaryOperator_Add_Div: return below + (equal / 1) / 2": AFFINE,
        "lesson07_statistics._mean_ranks ReplaceBinaryOperator_Add_FloorDiv: return below + (equal // 1) / 2": AFFINE,
        "lesson07_statistics._mean_ranks ReplaceBinaryOperator_Add_Pow: return below + (equal ** 1) / 2": AFFINE,
        "lesson07_statistics._mean_ranks ReplaceComparisonOperator_Lt_Gt: below = (values[:, None, :] > values[:, :, None]).sum(axis=2)": "Ranks counted from the top, in both maps: the correlation stays as it is.",
        "lesson07_statistics._mean_ranks NumberReplacer: below = (values[:, None, :] < values[:, :, None]).sum(axis= 1)": "Ranks counted from the top, in both maps: the correlation stays as it is.",
        "lesson07_statistics._mean_ranks NumberReplacer: equal = (values[:, None, :] == values[:, :, None]).sum(axis= 1)": "Equal is a relation that goes both ways: rows and columns have the same sums.",
        "lesson07_statistics._mean_ranks NumberReplacer: return below + (equal + 2) / 2": AFFINE,
        "lesson07_statistics._mean_ranks NumberReplacer: return below + (equal + 0) / 2": AFFINE,
        "lesson07_statistics._cosine ReplaceComparisonOperator_Gt_NotEq: return np.divide((first * second).sum(axis=1), scale, np.zeros(len(first)), where=scale != 0)": "A product of two lengths is never below 0.",
        "lesson07_statistics._cosine NumberReplacer: return np.divide((first * second).sum(axis=1), scale, np.zeros(len(first)), where=scale > 1)": "Ranks of 35 values that are not all equal differ from their mean by a length of 5 at least.",
        "lesson07_statistics._pearson DropArgument: return _cosine(*(one - one.mean(keepdims=True) for one in (first, second)))": "The ranks of every map have the same mean, (n + 1) / 2.",
    },
    "group_accuracy": {
        "lesson08_measuring._group_accuracy SwapArguments: hits = step.hits(labels, predicted)": "Equal is equal from both sides.",
        "lesson08_measuring._class_and_mark ReplaceBinaryOperator_Add_BitOr: return 2 * labels | marked": EVEN,
        "lesson08_measuring._class_and_mark ReplaceBinaryOperator_Add_BitXor: return 2 * labels ^ marked": EVEN,
    },
    "paint": {
        "lesson08_repairing._paint SkipCall: return step.whole(step.mix(images, colour.astype(np.float64), share))": SHARES,
        "lesson08_repairing._paint SkipCall: return step.whole(step.mix(images.astype(np.float64), colour, share))": SHARES,
        "lesson08_repairing._rounded NumberReplacer: return np.clip(np.rint(values), -1, 255).astype(np.uint8)": BETWEEN,
        "lesson08_repairing._rounded NumberReplacer: return np.clip(np.rint(values), 0, 256).astype(np.uint8)": BETWEEN,
        "lesson08_repairing._rounded SkipCall: return (np.rint(values)).astype(np.uint8)": BETWEEN,
        "lesson08_repairing._rounded SwapArguments: return np.clip(0, np.rint(values), 255).astype(np.uint8)": BETWEEN,
    },
    "overlap": {
        "lesson08_measuring._overlap SwapArguments: both, either = step.both(truth, found), step.either(found, truth)": COMMUTES,
        "lesson08_measuring._overlap SwapArguments: both, either = step.both(found, truth), step.either(truth, found)": COMMUTES,
        "lesson08_measuring._both ReplaceBinaryOperator_BitAnd_Mul: return (found * truth).sum(axis=(1, 2))": "The product of two truth values is their conjunction.",
        "lesson08_measuring._both ReplaceBinaryOperator_BitAnd_FloorDiv: return (found // truth).sum(axis=(1, 2))": "NumPy divides truth values to 1 where both are true, and to 0 elsewhere.",
        "lesson08_measuring._either ReplaceBinaryOperator_BitOr_Add: return (found + truth).sum(axis=(1, 2))": "NumPy's sum of two truth values is a truth value.",
        "lesson08_measuring._ratio ReplaceComparisonOperator_Gt_NotEq: return np.divide(both, either, out=np.ones(len(both)), where=either != 0)": "A count is never below 0.",
    },
    "new_head": {
        "lesson08_repairing._new_head ReplaceBinaryOperator_Sub_Add: kernel = step.solve(around, targets + aims, share, ridge)": AROUND,
        "lesson08_repairing._new_head ReplaceBinaryOperator_Sub_Pow: kernel = step.solve(around, targets ** aims, share, ridge)": "Under a power above 0 what is 0 or 1 stays so, and what is taken off all targets drops out of the solution.",
        "lesson08_repairing._one_hot ReplaceBinaryOperator_Add_BitOr: return np.eye(labels.max() | 1)[labels]": THREE,
        "lesson08_repairing._one_hot ReplaceBinaryOperator_Add_BitXor: return np.eye(labels.max() ^ 1)[labels]": THREE,
    },
    "coloured_heatmap": {
        "lesson09_colours._coloured SkipCall: return step.order(step.colours((maps)))": IDENTITY,
    },
    "maps_of_both": {
        "lesson09_both._maps SkipCall: return step.weigh(features, (class_weights))": IDENTITY,
    },
    "share_below_zero": {
        "lesson09_paragraph._share_below_zero SkipCall: return step.share(step.preprocess(images))": "From whole numbers NumPy takes a float32 off in float32.",
        "lesson09_paragraph._share ReplaceComparisonOperator_Lt_LtE: return (values <= 0).mean(axis=(1, 2, 3))": "The means are no whole numbers, so no value is 0.",
    },
    "head_parameters": {
        "lesson09_paragraph._head_parameters ReplaceBinaryOperator_Add_BitOr: step.pooling(channels) | step.dense(channels, classes),": "The pooling learns 0 numbers, and 0 changes nothing.",
        "lesson09_paragraph._head_parameters ReplaceBinaryOperator_Add_BitXor: step.pooling(channels) ^ step.dense(channels, classes),": "The pooling learns 0 numbers, and 0 changes nothing.",
        "lesson09_paragraph._head_parameters SwapArguments: step.dense(step.places(width, height) * channels, classes),": COMMUTES,
    },
    "shared_lit_places": {
        "lesson09_paragraph._shared_lit_places SwapArguments: return step.overlap(by_loss, by_score)": COMMUTES,
        "lesson09_paragraph._slope_of_loss ReplaceBinaryOperator_Sub_Add: powers = np.exp(scores + scores.max(axis=1, keepdims=True))": SHIFT,
        "lesson09_paragraph._slope_of_loss DropArgument: powers = np.exp(scores - scores.max(keepdims=True))": SHIFT,
        "lesson09_paragraph._slope_of_loss OtherFunction: powers = np.exp(scores - scores.min(axis=1, keepdims=True))": SHIFT,
        "lesson09_paragraph._over_union ReplaceBinaryOperator_BitOr_Add: both, either = (first & second).sum(axis=(1, 2)), (first + second).sum(axis=(1, 2))": BOOLEAN,
        "lesson09_paragraph._over_union ReplaceBinaryOperator_BitAnd_Mul: both, either = (first * second).sum(axis=(1, 2)), (first | second).sum(axis=(1, 2))": BOOLEAN,
        "lesson09_paragraph._over_union ReplaceBinaryOperator_BitAnd_FloorDiv: both, either = (first // second).sum(axis=(1, 2)), (first | second).sum(axis=(1, 2))": BOOLEAN,
    },
    "scaled_heatmap": {
        "lesson09_scaling._divide ReplaceComparisonOperator_Gt_NotEq: return kept / np.where(largest != 0, largest, 1)": "After the cut nothing is below 0.",
        "lesson09_scaling._divide NumberReplacer: return kept / np.where(largest > 0, largest, 2)": "Where nothing is above 0 after the cut, zeros are divided, by whatever number.",
    },
}
"""Why each of these mutants earns every point: the reason by `Mutant.key`, for each exercise."""
