"""Every numbered equation of the lessons: a definition, or an identity whose two sides a test evaluates."""

import re
from pathlib import Path

import numpy as np
import pytest

from interp_ref.authoring import all_lessons, equations
from interp_ref.exercises import draws
from interp_ref.exercises.lesson02_boxes import LOCALIZE
from interp_ref.methods.cam import class_activation_map
from interp_ref.methods.saliency import input_gradient
from interp_ref.models.tiny import tiny_gap_classifier, tiny_images

DEFINITIONS = {
    "00_start_here": {"eq-steps"},
    "01_transfer_learning": {"eq-softmax", "eq-descent"},
    "02_cam": {"eq-pool"},
    "03_grad_cam": {"eq-gap", "eq-max", "eq-flatten"},
    "04_saliency": {"eq-line"},
    "05_sharper_gradients": {"eq-hand", "eq-path"},
    "06_cam_family": {"eq-split", "eq-signed"},
    "07_trust": {"eq-truth"},
    "08_cheating_network": set(),
    "09_bug_hunt": set(),
}
"""Equations that say what a letter stands for; there is nothing on the other side to compare."""

ONE_VECTOR = "test_one_vector_added_to_every_class_changes_no_probability_and_moves_every_map"
TESTED = {
    "00_start_here": {
        "eq-normalize": "test_normalize_map_puts_a_value_a_quarter_up_at_a_quarter",
        "eq-two-terms": "test_only_the_two_terms_that_hold_a_pixel_make_its_derivative",
        "eq-by-hand": "test_the_derivative_by_hand_is_that_of_the_tape",
        "eq-difference": "test_moving_a_pixel_gives_the_same_derivative",
        "eq-overlay": "test_overlay_of_black_and_the_first_colour_is_a_dark_violet",
    },
    "01_transfer_learning": {
        "eq-preprocess": "test_preprocess_is_that_of_the_models_and_of_keras",
        "eq-gap": "test_the_classifier_is_the_mean_of_the_features_weighed_by_the_head",
        "eq-logit": "test_the_classifier_is_the_mean_of_the_features_weighed_by_the_head",
        "eq-shift": "test_one_number_added_to_all_logits_changes_no_probability",
        "eq-loss": "test_cross_entropy_of_one_and_of_three_quarters",
        "eq-log-softmax": "test_the_log_softmax_without_overflow_is_the_logarithm_of_the_softmax",
        "eq-one-loss": "test_the_loss_of_one_picture_is_log_sum_exp_minus_the_true_logit",
        "eq-first-term": "test_the_two_terms_of_the_loss_have_the_slopes_that_the_derivation_says",
        "eq-second-term": "test_the_two_terms_of_the_loss_have_the_slopes_that_the_derivation_says",
        "eq-logit-gradient": "test_logit_gradient_is_probability_minus_truth_over_the_number_of_pictures",
        "eq-logit-by-weight": "test_a_logit_holds_the_weights_of_its_own_column_only",
        "eq-sum-over-pictures": "test_the_sum_over_the_pictures_is_the_product_of_matrices",
        "eq-head-gradient": "test_head_gradient_and_logit_gradient_agree_with_the_tape",
        "eq-sum-stays": "test_training_never_moves_the_sum_over_the_classes",
        "eq-interval": "test_at_the_ends_of_the_interval_both_sides_of_its_inequality_are_equal",
    },
    "02_cam": {
        "eq-score": "test_the_score_of_two_places_by_hand",
        "eq-insert": "test_the_sums_over_channels_and_places_change_their_order",
        "eq-inside": "test_the_sums_over_channels_and_places_change_their_order",
        "eq-swap": "test_the_sums_over_channels_and_places_change_their_order",
        "eq-cam": "test_the_reference_map_is_the_whole_method",
        "eq-mean": "test_the_score_is_the_mean_of_the_map_plus_the_bias",
        "eq-shares": "test_the_shares_of_a_picture_add_up_to_its_score",
        "eq-half-pixel": "test_upsampling_puts_values_where_the_half_pixel_formula_says",
        "eq-shift": ONE_VECTOR,
        "eq-shift-score": ONE_VECTOR,
        "eq-shift-probability": ONE_VECTOR,
        "eq-shift-map": ONE_VECTOR,
        "eq-frozen-sum": "test_cross_entropy_never_moves_the_sum_of_the_weights",
        "eq-centred": "test_a_centred_head_sums_to_zero_and_keeps_the_probabilities",
        "eq-contrast": "test_the_contrast_is_the_same_for_every_head_with_these_probabilities",
        "eq-log-odds": "test_the_mean_of_the_contrast_is_the_log_odds",
        "eq-half": "test_with_two_classes_a_centred_heads_map_is_half_the_contrast",
        "eq-iou": "test_the_union_of_two_boxes_is_their_areas_without_what_they_share",
    },
    "03_grad_cam": {
        "eq-first-order": "test_a_small_move_of_the_activations_moves_the_score_by_the_gradient",
        "eq-lift": "test_lifting_a_channel_moves_the_score_by_its_alpha_for_each_place",
        "eq-alpha": "test_channel_weights_of_two_channels_computed_by_hand",
        "eq-map": "test_the_assembled_references_are_the_methods",
        "eq-gap-gradient": "test_on_a_gap_head_the_gradient_is_the_weight_over_the_places",
        "eq-special": "test_on_a_gap_head_grad_cam_is_the_positive_part_of_cam_over_the_places",
        "eq-counterfactual": "test_grad_cam_minus_the_counterfactual_map_is_the_signed_sum",
        "eq-loss": "test_the_loss_of_one_picture_is_log_sum_exp_minus_the_true_logit",
        "eq-loss-gradient": "test_the_gradient_of_the_loss_mixes_the_classes_by_their_probabilities",
        "eq-trap": "test_with_two_classes_the_map_of_the_loss_is_the_contrast_against_the_class",
        "eq-trap-map": "test_with_two_classes_the_map_of_the_loss_is_the_contrast_against_the_class",
    },
    "04_saliency": {
        "eq-linear": "test_for_a_linear_model_the_expansion_is_exact_and_saliency_is_the_weights",
        "eq-chain-rule": "test_the_slope_along_a_line_is_the_gradient_times_the_move",
        "eq-tangent": "test_the_slope_along_a_line_is_the_gradient_times_the_move",
        "eq-taylor": "test_near_the_picture_the_promise_is_kept",
        "eq-batch": "test_a_batch_gives_each_picture_the_gradient_that_it_has_alone",
        "eq-change": "test_the_promised_score_by_hand",
        "eq-bound": "test_the_largest_change_is_reached_by_the_signs_and_by_no_other_move",
        "eq-one-pixel": "test_one_value_of_a_pixel_changes_the_score_by_at_most_epsilon_times_the_map",
        "eq-saliency": "test_the_references_are_the_whole_methods",
        "eq-probability": "test_the_gradients_of_probability_and_loss_are_the_contrasts_times_a_factor",
        "eq-loss": "test_the_gradients_of_probability_and_loss_are_the_contrasts_times_a_factor",
        "eq-probability-many": "test_with_three_classes_the_probability_weighs_the_other_classes_in",
        "eq-preprocessing": "test_with_respect_to_raw_rgb_the_map_is_the_same",
    },
    "05_sharper_gradients": {
        "eq-copies": "test_noisy_copies_of_one_pixel_by_hand",
        "eq-many": "test_the_gradients_of_copies_are_those_that_each_copy_has_alone",
        "eq-smooth-grad": "test_the_smooth_grad_of_two_copies_by_hand",
        "eq-blurred": "test_the_mean_of_the_gradients_is_the_gradient_of_the_mean_score",
        "eq-spread": "test_the_variance_of_a_mean_of_draws_is_the_variance_over_their_number",
        "eq-squares": "test_the_mean_of_squares_is_the_square_of_the_mean_and_the_disagreement",
        "eq-kink": "test_the_slope_of_the_blurred_kink_is_the_chance_to_land_below_it",
        "eq-fundamental": "test_the_integral_of_the_slope_is_the_change_of_the_score",
        "eq-slope": "test_the_slope_along_the_way_is_the_gradient_times_the_move",
        "eq-ig": "test_the_reference_is_the_method_of_integrated_gradients",
        "eq-complete": "test_at_64_steps_the_attributions_add_up_within_one_percent",
        "eq-rules": "test_of_the_three_rules_the_midpoint_alone_is_exact_on_a_straight_line",
        "eq-substitution": "test_the_sum_after_the_substitution_tends_to_the_integral",
        "eq-error": "test_the_error_by_hand",
        "eq-blind": "test_a_value_that_is_the_baselines_is_given_nothing",
        "eq-apart": "test_two_networks_of_one_function_have_one_gradient_and_two_guided_maps",
        "eq-guided": "test_the_rule_by_hand_and_by_a_custom_gradient",
        "eq-product": "test_guided_grad_cam_is_the_product",
    },
    "06_cam_family": {
        "eq-layer": "test_the_layer_cam_map_of_two_places_by_hand",
        "eq-second": "test_the_product_rule_brings_the_second_derivative_in_twice",
        "eq-alpha-general": "test_the_general_alpha_solves_the_equation_of_the_second_derivatives",
        "eq-powers": "test_derivatives_of_the_exponential_are_powers_of_the_gradient",
        "eq-alpha": "test_derivatives_of_the_exponential_are_powers_of_the_gradient",
        "eq-plus": "test_the_plus_plus_map_is_the_methods_and_needs_no_relu_at_the_end",
        "eq-short": "test_alphas_are_those_of_the_method_and_of_the_shortened_form",
        "eq-gap-layer": "test_below_the_pooling_the_closed_forms_are_what_the_gradient_gives",
        "eq-gap-plus": "test_below_the_pooling_the_closed_forms_are_what_the_gradient_gives",
        "eq-ablation": "test_below_the_pooling_a_channel_taken_out_loses_weight_times_mean",
        "eq-mask": "test_the_score_cam_map_is_that_of_the_method",
        "eq-score-cam": "test_the_score_cam_map_is_that_of_the_method",
        "eq-flat": "test_below_flatten_the_signed_sum_is_the_score_without_its_bias",
    },
    "07_trust": {
        "eq-drop": "test_the_occlusion_map_of_two_patches_by_hand",
        "eq-occlusion": "test_the_occlusion_map_is_that_of_the_method",
        "eq-rise": "test_the_mean_score_where_a_pixel_shows_is_the_mean_product_over_keep",
        "eq-rise-mean": "test_the_rise_map_is_that_of_the_method",
        "eq-area": "test_the_area_is_the_sum_of_the_trapezoids",
        "eq-hit": "test_hits_and_energy_are_those_of_the_methods",
        "eq-energy": "test_hits_and_energy_are_those_of_the_methods",
        "eq-resample": "test_the_means_of_the_resamples_are_weighted_by_how_often_a_picture_is_drawn",
        "eq-rank": "test_the_rank_correlation_is_that_of_the_method_and_of_scipy",
    },
    "08_cheating_network": {
        "eq-group": "test_accuracy_by_group_by_hand",
        "eq-mean": "test_the_mean_accuracy_is_the_mean_of_the_groups_weighted_by_their_sizes",
        "eq-paint": "test_a_see_through_colour_by_hand",
        "eq-margin": "test_the_effect_of_two_pictures_by_hand",
        "eq-effect": "test_the_effect_of_two_pictures_by_hand",
        "eq-overlap": "test_overlap_by_hand",
        "eq-ridge": "test_no_other_head_has_a_smaller_loss",
        "eq-normal": "test_the_kernel_solves_the_weighted_normal_equations",
    },
    "09_bug_hunt": {
        "eq-below": "test_a_mixture_gives_the_picture_below_back",
        "eq-mean": "test_the_mean_of_each_map_plus_the_bias_is_the_score",
        "eq-through-pool": "test_behind_a_max_pool_the_mean_of_the_map_plus_the_bias_is_the_score",
        "eq-over-empty": "test_through_a_batch_norm_the_map_is_what_the_features_add_to_an_empty_picture",
        "eq-switched-off": "test_switching_off_what_grad_cam_lights_lowers_the_score_by_all_that_it_shows",
        "eq-loss-slope": "test_the_slope_of_the_loss_is_that_of_the_tape",
        "eq-one-step": "test_moving_a_colour_of_the_brightest_pixel_by_one_moves_the_score_by_the_saliency",
    },
}


@pytest.mark.parametrize("lesson", [lesson.name for lesson in all_lessons()])
def test_every_numbered_equation_is_a_definition_or_has_a_test(lesson):
    assert set(equations(lesson)) == DEFINITIONS[lesson] | set(TESTED[lesson])
    files = Path(__file__).parent.glob("test_*.py")
    defined = {
        name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.M)
    }
    assert set(TESTED[lesson].values()) <= defined


@pytest.fixture
def drawn():
    rng = np.random.default_rng(5)
    maps, (weights, bias) = draws.features(rng), draws.head(rng)
    return maps.astype(np.float64), weights.astype(np.float64), bias.astype(np.float64)


def test_the_sums_over_channels_and_places_change_their_order(drawn):
    maps, weights, bias = drawn
    asked, places = np.array([2, 0, 1]), maps.shape[1] * maps.shape[2]
    columns = weights[:, asked].T
    inserted = (columns * (maps.sum((1, 2)) / places)).sum(1) + bias[asked]
    weighted = maps * columns[:, None, None, :]
    inside = weighted.sum((1, 2)).sum(1) / places + bias[asked]
    swapped = weighted.sum(3).sum((1, 2)) / places + bias[asked]
    np.testing.assert_allclose(inside, inserted)
    np.testing.assert_allclose(swapped, inserted)


def test_the_mean_of_the_contrast_is_the_log_odds(drawn):
    maps, weights, bias = drawn
    scores = draws.logits(maps, weights, bias)
    powers = np.exp(scores)
    probabilities = powers / powers.sum(1, keepdims=True)
    contrast = class_activation_map(maps, weights, 2) - class_activation_map(maps, weights, 0)
    left = contrast.mean((1, 2)) + bias[2] - bias[0]
    np.testing.assert_allclose(left, scores[:, 2] - scores[:, 0], rtol=1e-5)
    np.testing.assert_allclose(left, np.log(probabilities[:, 2] / probabilities[:, 0]), rtol=1e-5)


def test_the_union_of_two_boxes_is_their_areas_without_what_they_share():
    for a, b in np.random.default_rng(0).integers(0, 9, (20, 2, 2, 2)):
        boxes = [(*corner, *(corner + size + 1)) for corner, size in (a, b)]
        masks = np.zeros((2, 20, 20), bool)
        for mask, (top, left, bottom, right) in zip(masks, boxes, strict=True):
            mask[top:bottom, left:right] = True
        counted = (masks[0] & masks[1]).sum() / (masks[0] | masks[1]).sum()
        assert LOCALIZE.steps["overlap"](*boxes) == pytest.approx(counted)


def head_scores(maps, network):
    kernel, bias = network.get_layer("logits").get_weights()
    return maps.mean((1, 2)) @ kernel + bias


def test_on_a_gap_head_the_gradient_is_the_weight_over_the_places():
    from interp_ref.methods.grad_cam import activations_and_gradients

    network, images = tiny_gap_classifier(3), tiny_images(3)
    maps, gradients = activations_and_gradients(network, images, 1, "conv3")
    column = network.get_layer("logits").get_weights()[0][:, 1] / (maps.shape[1] * maps.shape[2])
    np.testing.assert_allclose(gradients, np.broadcast_to(column, gradients.shape), atol=1e-8)


def test_a_small_move_of_the_activations_moves_the_score_by_the_gradient():
    from interp_ref.methods.grad_cam import activations_and_gradients

    network, images = tiny_gap_classifier(3), tiny_images(3)
    maps, gradients = activations_and_gradients(network, images, 1, "conv3")
    move = np.random.default_rng(0).normal(size=maps.shape) * 1e-2
    change = head_scores(maps + move, network)[:, 1] - head_scores(maps.astype(np.float64), network)[:, 1]
    np.testing.assert_allclose(change, (gradients * move).sum((1, 2, 3)), rtol=1e-3, atol=1e-6)


def test_the_slope_along_a_line_is_the_gradient_times_the_move():
    network, images = tiny_gap_classifier(3), tiny_images(3)
    move = np.random.default_rng(0).normal(size=images.shape).astype(np.float32)

    def along(t):
        return np.asarray(network(images + np.float32(t) * move))[:, 1]

    slope = (along(1e-3) - along(-1e-3)) / 2e-3
    promised = (input_gradient(network, images, 1) * move).sum((1, 2, 3))
    np.testing.assert_allclose(slope, promised, rtol=2e-2, atol=2e-3)
    near = 1e-2
    np.testing.assert_allclose(along(near), along(0) + near * promised, atol=2e-4)
