"""Predictions of lesson 3: whose map it is, how deep to look, score or loss, what a bright place is worth."""

from interp_ref.predicting.prediction import Prediction

LESSON = "03_grad_cam"

PREDICTIONS = (
    Prediction(
        id="which_animal",
        lesson=LESSON,
        question="A picture holds a cat and a dog. Suppose that the network says dog. What will the map "
        "for cat show?",
        choices={
            "a": "nothing: it does not say cat",
            "b": "the dog, as evidence against",
            "c": "the cat, whatever it says",
            "d": "both, since both are animals",
        },
        right="c",
        happened="Asked for the cat, the map lies on the cat far more than on the dog; asked for the "
        "dog, the other way round. Compare the shares above.",
        replies={
            "a": "The map belongs to the score that you ask for, and every class has a score. Here cat "
            "gets one too, and it is made of evidence that has a place.",
            "b": "Evidence against the cat is there, and the ReLU has cut it off: a Grad-CAM map shows "
            "what speaks for the class that you ask for. You will turn the sign further below.",
            "c": "The question decides, not the answer. That makes two questions about one picture the "
            "test that a photo of one animal can't give.",
            "d": "A map that finds animals would look right on every photo of one animal. This one knows "
            "which: asked for the cat, it all but avoids the dog.",
        },
        belief="The map explains the network's decision, so it has nothing on the other classes.",
    ),
    Prediction(
        id="finer_grid",
        lesson=LESSON,
        question="The last convolution of block 3 has 56 × 56 places, that of block 5 has 14 × 14. On "
        "which of them does the larger share of the map lie on the deciding parts?",
        choices={
            "a": "on 56 × 56: its cells fit better",
            "b": "on 14 × 14: it knows of parts",
            "c": "on both the same: one network",
        },
        right="b",
        happened="On the sketches 30 % at 14 × 14, 18 % at 28 × 28 and 9 % at 56 × 56, where the parts "
        "cover 7 % of the area.",
        replies={
            "a": "A finer cell could show an ear's edge, but a channel down there is an edge or a "
            "texture, wherever it is. One weight for 3,136 places can't say that edges count on ears "
            "alone: 9 %, and the area is 7 %.",
            "b": "Near the end channels mean something by themselves, so that one number for each is a "
            "fair summary. Hence the default: the last convolution.",
            "c": "It is one network and one score, and two ways of cutting it: the channels differ, and "
            "so does what one weight for each of them can say. 9 % against 30 %.",
        },
        belief="A finer map is a better map.",
    ),
    Prediction(
        id="score_or_loss",
        lesson=LESSON,
        question="Somebody takes the gradient of the true class's loss in place of its score. What "
        "becomes of the Grad-CAM map?",
        choices={
            "a": "the same map: the class is the same",
            "b": "the same map with smaller numbers",
            "c": "the same map with the sign turned",
            "d": "another map: for the other class",
        },
        right="d",
        happened="Asked for the cat, the map from the score lies on the cat and the map from the loss "
        "lies on the dog: compare the two lines above.",
        replies={
            "a": "What raises the score lowers the loss. The ReLU keeps what raises the number that you "
            "differentiate, and what raises the loss of the cat is evidence for the dog.",
            "b": "There is a factor, 1 − p, and it does make the numbers smaller. There is a minus too, "
            "and it comes before the ReLU: other places are kept.",
            "c": "A sign turned after the ReLU would give a map of negative numbers. It is turned "
            "before: what was kept is cut off, what was cut off is kept, so other places light up.",
            "d": "For two classes it is 1 − p times the Grad-CAM of the other score minus this one. "
            "Stretched to 0 … 1, it looks as good as the right one.",
        },
        belief="The score and the loss do equally well.",
    ),
    Prediction(
        id="background_needed",
        lesson=LESSON,
        question="These four cats have most of their map on the background. Now the background is "
        "painted grey and the cat is left as it is. What does the score for cat do, in the mean over the "
        "four cats?",
        choices={
            "a": "it does not fall at all",
            "b": "it falls, but a little",
            "c": "it falls by that share",
            "d": "it falls to about zero",
        },
        right="a",
        happened="On these sketches it rose by 0.61, with 66 % of the map gone. A dog's ears, which hold "
        "13 % of the map, cost 1.59.",
        replies={
            "a": "A bright place is where channels are active that raise the score. What the network "
            "needs, you have to measure: here the ears, with 13 % of the map.",
            "b": "You were careful, and the sign is still wrong: +0.61. Small positive values over a "
            "large area add up to a large share, and the score does not live there.",
            "c": "66 % of a score of 1.29 would be a fall of 0.85, and it rose by 0.61. A share of the "
            "map is no effect: nothing was changed when the map was computed.",
            "d": "That is what “the network looks at the background” promises, and it is not so: +0.61. "
            "The brightest region is not what the network needs; a dog's ears cost 1.59.",
        },
        belief="The brightest spot is what the network needs.",
    ),
)
