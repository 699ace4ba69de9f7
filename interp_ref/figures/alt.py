"""Alt texts of the figures as they are made of the sketches: what a reader should see in them."""

ALT = {
    "three_methods": (
        "Four rows of sketches with their class activation map, Grad-CAM and saliency map. Asked for "
        "cat on a cat, both class maps are brightest at an ear; asked for dog on a dog, at the face. On "
        "a picture that holds a cat and a dog, the map for cat is red on the cat's head and blue on the "
        "dog's, and the map for dog the other way round; Grad-CAM shows only the red part. The saliency "
        "maps, grainy, are the same for both."
    ),
    "photo": (
        "A photo of a cat's face with its class activation map, Grad-CAM and saliency map for cat. Both "
        "class maps are strongest around the eyes and along the mouth, the bridge of the nose stays "
        "dark; the saliency map is a cloud of bright grains over the same face."
    ),
    "truth": (
        "A cat and a dog, drawn by code, in four versions: as drawn; with everything but ears, eyes, "
        "muzzle and whiskers faded; with the ears of the other class; with the muzzle of the other "
        "class. Nothing else changes."
    ),
    "same_probabilities": (
        "A cat and a dog, each with its map for cat from two heads that give the same probabilities. "
        "Where the first map is red at the cat's ear and blue at the dog's face, the second differs in "
        "many places. The last column, the map for cat minus the map for dog, is the same for both "
        "heads."
    ),
    "sign_trap": (
        "Two pictures with a cat and a dog, asked for the cat. Grad-CAM from the gradient of the score "
        "lights up at the cat's head; from the gradient of the loss it lights up at the dog's."
    ),
    "layers": (
        "A cat and a dog with Grad-CAM at three layers. At block3_conv3 the map is fine and scattered "
        "over edges and background, at block4_conv3 it is patchy, at block5_conv3 it is one coarse spot "
        "at the head."
    ),
    "bright_is_not_needed": (
        "A sketched cat whose Grad-CAM map lies mostly on the background, brightest at a shape above "
        "its head. Three versions with their scores for cat: with a dog's ears the score falls; without "
        "the background it does not."
    ),
}
