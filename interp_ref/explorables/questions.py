"""What each explorable asks before it shows: in the form of the lessons' predictions, by the page's name."""

from interp_ref.predicting import Prediction

QUESTIONS = {
    one.id: one
    for one in (
        Prediction(
            id="build_a_cam",
            lesson="02_cam",
            question="A logit is the bias plus what 512 feature maps give to it. You add the maps one by "
            "one, the largest contribution first. After how many of them does the sum stay within 5 % of the "
            "logit?",
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
    )
}
