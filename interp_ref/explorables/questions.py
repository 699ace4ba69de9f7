"""What each explorable asks before it shows: in the form of the lessons' predictions, by the page's name."""

from interp_ref.predicting import Prediction

QUESTIONS = {
    one.id: one
    for one in (
        Prediction(
            id="build_a_cam",
            lesson="02_cam",
            question="A logit is the bias plus what 512 feature maps give to it. You add the maps one by "
            "one, the largest contribution first. After how many of them does the sum stay within 5 % of "
            "the logit?",
            choices={
                "a": "after about 5 of the 512",
                "b": "after about 50 of the 512",
                "c": "after about 250 of the 512",
                "d": "after all of the 512 only",
            },
            right="b",
            happened="After 36 maps on the cat and 59 on the dog. The first map alone gives half of the "
            "cat's logit. 142 of the cat's maps are 0 everywhere and add nothing.",
            replies={
                "a": "After 5 maps the cat's sum is 2.5 of 3.2, and the dog's 1.4 of 3.3. A few maps give "
                "the rough shape, but many small ones follow, for the class and against it.",
                "b": "Few features carry most of the logit, so the map of the first 50 already looks like "
                "the whole. Watch the residual: it crosses 0 and comes back, since weights have signs.",
                "c": "By then the residual is below 1 % on both pictures. The sum is settled long before: "
                "what follows are small contributions of both signs.",
                "d": "The residual is exactly 0 only at the end. But it is small after 36 to 59 maps: most "
                "features of a picture are silent, and the others are far from equal.",
            },
            belief="All feature maps matter about alike.",
        ),
        Prediction(
            id="occluder",
            lesson="07_trust",
            question="A square of 48 pixels covers the cat's picture at 196 places, once in grey, once with "
            "the picture's own blur. Grad-CAM predicts how far the score falls. How large is the "
            "correlation with what VGG16 then says?",
            choices={
                "a": "near 1 with either of them",
                "b": "0.8 with grey, 0.6 blurred",
                "c": "0.6 with grey, 0.8 blurred",
                "d": "near 0 with either of them",
            },
            right="b",
            happened="0.81 with grey and 0.57 with the blur: the same map, the same places, another fill. "
            "With 32 pixels the two are 0.73 and 0.37, with 64 pixels 0.92 and 0.76.",
            replies={
                "a": "The map splits up the score of this picture. A covered picture is another one, with "
                "features of its own, and the same map is right by 0.81 or by 0.57.",
                "b": "Grey takes away all that was there, the blur leaves its coarse colours. Which of the "
                "two is the truth about the map? Neither: a measurement names its fill.",
                "c": "A blur changes less, so more of the prediction should hold, you may think. It is the "
                "other way round here: 0.57 against 0.81. The prediction is for evidence that is gone.",
                "d": "It is far from useless: on this head the map adds up to the score. The large falls "
                "are at the left ear, where the map is bright too, hence 0.81 with grey.",
            },
            belief="Covering a place measures what the map says of it.",
        ),
        Prediction(
            id="sign_lab",
            lesson="03_grad_cam",
            question="A picture shows one cat, and the network is sure of it. Now weights and bias of its "
            "head are multiplied by 30: surer still, and no answer changes. What becomes of Grad-CAM from "
            "the gradient of the probability?",
            choices={
                "a": "it grows 30-fold, like the score's",
                "b": "it stays the same at every place",
                "c": "it fades until nothing is left",
                "d": "it turns to the dog's evidence",
            },
            right="c",
            happened="Its largest value is 0.00058 with the head as it is, where the score's is 0.16. With "
            "the head times 30 it is 0 everywhere, and so is the map from the loss. The score's is 4.9.",
            replies={
                "a": "The score's map does that, from 0.16 to 4.9. The probability's carries the factor p "
                "times 1 − p as well, and 1 − p shrinks much faster than the weights grow.",
                "b": "The weights are in the gradient, so something has to change. The factor p times 1 − p "
                "goes from 0.0018 to 0, since p rounds to 1.",
                "c": "The gradient of a probability is largest at 0.5 and dies away on both sides. A map "
                "stretched to its own maximum hides that, until there is no maximum left.",
                "d": "That is what the loss's map shows, before it fades too. The probability rises with "
                "the score, so the sign is right: 58 % of the map lie on the cat, as with the score.",
            },
            belief="Score, loss and probability are as good as one another.",
        ),
        Prediction(
            id="colour_maps",
            lesson="00_start_here",
            question="Four maps of class cat, each stretched to its own smallest and largest value, in jet. "
            "In one of the four pictures there is no animal at all. What does the map of that one look like?",
            choices={
                "a": "it has spots as red as a cat's",
                "b": "it is dark blue at every place",
                "c": "it is pale, with no clear spot",
                "d": "it is all in the middle green",
            },
            right="a",
            happened="Picture B has no animal, and its map has a spot as red as any other. Its largest "
            "value is +2.3, the surest cat's is +32.3. On one scale for all four it is nearly even.",
            replies={
                "a": "Stretching gives every map the whole table of colours. What is lost is how much: +2.3 "
                "in one picture and +32.3 in another have the same red.",
                "b": "It would be, on one scale for all pictures and a cat's red at +32.3. Stretched alone, "
                "its largest value is red, whatever it is: here +2.3.",
                "c": "The map is not even: it runs from −3.9 to +2.3. Stretched, these 2 numbers get the "
                "two ends of the table.",
                "d": "Green stands for the middle between smallest and largest value. Some places have it, "
                "and the 2 ends are there too.",
            },
            belief="Red means that the network saw something there.",
        ),
        Prediction(
            id="randomise",
            lesson="07_trust",
            question="Only the top layer of VGG16, the head, becomes random: the network's answer is now a "
            "coin toss. Which map keeps the order of its pixels best?",
            choices={
                "a": "Grad-CAM's, since it is coarse",
                "b": "saliency's, a plain gradient",
                "c": "none of the three, all change",
                "d": "guided backpropagation's edges",
            },
            right="d",
            happened="Guided backpropagation keeps a rank correlation of 0.91 on the cat and 0.90 on the "
            "dog. With all 14 layers random it still has 0.38 and 0.50. With a random head Grad-CAM has "
            "0.28 and −0.23.",
            replies={
                "a": "Grad-CAM weighs the channels with the head's weights, so new weights mean a new map: "
                "0.28 and −0.23 are left.",
                "b": "The gradient goes through the head first, so it changes everywhere: 0.14 and 0.16 are "
                "left.",
                "c": "Grad-CAM and saliency change, yes. Guided backpropagation hardly does, with 0.91 and "
                "0.90: most of it is the edges of the picture.",
                "d": "It lets positive gradients pass and drops the others, which draws the edges of the "
                "picture. A map that stays when the network forgets shows little of the network.",
            },
            belief="A crisp map shows what the network knows.",
        ),
    )
}
