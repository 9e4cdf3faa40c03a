//! Which colours stay apart for people who do not see red and green as most do.

use theme::{Palette, Rgba8};

type Matrix = [[f32; 3]; 3];

/// Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
/// Deficiency", IEEE TVCG 15(6), 2009: severity 1.0, on linear sRGB.
const PROTANOPIA: Matrix = [
    [0.152_286, 1.052_583, -0.204_868],
    [0.114_503, 0.786_281, 0.099_216],
    [-0.003_882, -0.048_116, 1.051_998],
];
const DEUTERANOPIA: Matrix = [
    [0.367_322, 0.860_646, -0.227_968],
    [0.280_085, 0.672_501, 0.047_413],
    [-0.011_820, 0.042_940, 0.968_881],
];
const TRITANOPIA: Matrix = [
    [1.255_528, -0.076_749, -0.178_779],
    [-0.078_411, 0.930_809, 0.147_602],
    [0.004_733, 0.691_367, 0.303_900],
];
const TYPICAL: Matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

fn times(matrix: Matrix, vector: [f32; 3]) -> [f32; 3] {
    matrix.map(|row| row.iter().zip(vector).map(|(m, v)| m * v).sum())
}

/// Björn Ottosson, "A perceptual color space for image processing", 2020.
fn oklab(linear: [f32; 3]) -> [f32; 3] {
    let cones = times(
        [
            [0.412_221_46, 0.536_332_55, 0.051_445_995],
            [0.211_903_5, 0.680_699_5, 0.107_396_96],
            [0.088_302_46, 0.281_718_85, 0.629_978_7],
        ],
        linear.map(|channel| channel.clamp(0.0, 1.0)),
    );
    times(
        [
            [0.210_454_26, 0.793_617_8, -0.004_072_047],
            [1.977_998_5, -2.428_592_2, 0.450_593_7],
            [0.025_904_037, 0.782_771_77, -0.808_675_77],
        ],
        cones.map(f32::cbrt),
    )
}

/// The distance of two colours in OKLab; 0.02 is about the least that one notices side by side.
fn distance_seen(eye: Matrix, one: Rgba8, other: Rgba8) -> f32 {
    let seen = |colour: Rgba8| {
        let [r, g, b, _] = colour.to_linear();
        oklab(times(eye, [r, g, b]))
    };
    seen(one)
        .iter()
        .zip(seen(other))
        .map(|(one, other)| (one - other) * (one - other))
        .sum::<f32>()
        .sqrt()
}

#[test]
fn sign_validity_and_the_output_kind_stay_apart_for_every_eye() {
    for palette in [Palette::DARK, Palette::LIGHT, Palette::HIGH_CONTRAST] {
        let pairs = [
            ("positive, negative", palette.positive, palette.negative),
            (
                "valid, invalid",
                palette.target_valid,
                palette.target_invalid,
            ),
            ("input, output", palette.input, palette.output),
            ("hidden, output", palette.hidden, palette.output),
            ("gradient, negative", palette.gradient, palette.negative),
            ("gradient, positive", palette.gradient, palette.positive),
            (
                "rising, falling",
                palette.gradient,
                palette.gradient_falling,
            ),
        ];
        for eye in [TYPICAL, PROTANOPIA, DEUTERANOPIA] {
            for (meaning, one, other) in pairs {
                let distance = distance_seen(eye, one, other);
                assert!(distance >= 0.07, "{meaning}: {distance}");
            }
        }
    }
}

/// How far apart in OKLab all that means different things is in the safe palette.
const SAFE: f32 = 0.12;

#[test]
fn the_safe_palette_keeps_kinds_signs_and_parts_of_the_data_apart_for_every_eye() {
    let safe = Palette::COLOUR_SAFE;
    let together = [
        vec![safe.input, safe.hidden, safe.output],
        vec![safe.positive, safe.negative, safe.gradient],
        vec![safe.gradient, safe.gradient_falling],
        vec![safe.split_training, safe.split_validation, safe.split_test],
        vec![safe.target_valid, safe.target_invalid],
    ];
    for eye in [TYPICAL, PROTANOPIA, DEUTERANOPIA, TRITANOPIA] {
        for colours in &together {
            for (index, &one) in colours.iter().enumerate() {
                for &other in &colours[index + 1..] {
                    let distance = distance_seen(eye, one, other);
                    assert!(distance >= SAFE, "{one:?} and {other:?}: {distance}");
                }
            }
        }
    }
}

#[test]
fn what_the_safe_palette_keeps_apart_the_dark_one_does_not() {
    let dark = Palette::DARK;
    assert!(distance_seen(DEUTERANOPIA, dark.input, dark.hidden) < SAFE);
    assert!(distance_seen(TRITANOPIA, dark.input, dark.output) < SAFE);
}

#[test]
fn input_and_hidden_stay_apart_for_most_eyes() {
    // Not under deuteranopia, where the shape tells them apart: see the README.
    for palette in [Palette::DARK, Palette::LIGHT] {
        assert!(distance_seen(TYPICAL, palette.input, palette.hidden) >= 0.12);
    }
}

#[test]
fn splits_stay_apart_by_lightness_alone() {
    for palette in [Palette::DARK, Palette::LIGHT, Palette::HIGH_CONTRAST] {
        let tones = [
            palette.split_training,
            palette.split_validation,
            palette.split_test,
        ];
        let lightness = tones.map(|tone| {
            let [r, g, b, _] = tone.to_linear();
            oklab([r, g, b])[0]
        });
        assert!((lightness[0] - lightness[1]).abs() >= 0.12, "{lightness:?}");
        assert!((lightness[1] - lightness[2]).abs() >= 0.12, "{lightness:?}");
    }
}
