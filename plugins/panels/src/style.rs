//! The glue between `theme` and egui: fonts, colours, sizes, and the floating sheets.

use bevy_egui::egui::{
    self, Align2, Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId,
    Frame, Id, InnerResponse, Margin, Pos2, Rect, RichText, Shadow, Stroke, TextStyle, Ui,
    UiBuilder, Vec2, style::WidgetVisuals, vec2,
};
use theme::{Rgba8, Theme};

/// The family of titles and of what is pressed.
const SEMIBOLD: &str = "semibold";

/// The smallest height of what is pressed now and then.
pub const CONTROL_HEIGHT: f32 = 32.0;

/// A colour of the theme as egui has it.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where numbers of `theme` become a colour of egui"
)]
#[must_use]
pub fn colour(colour: Rgba8) -> Color32 {
    Color32::from_rgba_unmultiplied(colour.r, colour.g, colour.b, colour.a)
}

/// Puts fonts and style in place when they are not yet, and says whether they
/// are: a font that was just handed over can be used from the next pass on.
pub fn prepare(ctx: &Context, theme: &Theme) -> bool {
    let key = Id::new("the theme that egui wears");
    let has_fonts = ctx.fonts(|fonts| {
        let families = &fonts.definitions().families;
        families.contains_key(&FontFamily::Name(SEMIBOLD.into()))
    });
    if !has_fonts {
        ctx.set_fonts(fonts());
        ctx.options_mut(|options| options.input_options.max_click_duration = LONGEST_PRESS_SECS);
        ctx.request_repaint();
        return false;
    }
    let is_worn = ctx.data(|data| data.get_temp::<Theme>(key) == Some(*theme));
    if !is_worn {
        ctx.all_styles_mut(|style| wear(style, theme));
        ctx.data_mut(|data| data.insert_temp(key, *theme));
        draw_glyphs_ahead(ctx, theme);
    }
    true
}

/// A button that is held for up to this long is still pressed: hands may be slow,
/// and so may frames. Nothing here needs to tell a long press from a short one.
const LONGEST_PRESS_SECS: f64 = 5.0;

/// What numbers and most words are made of.
const COMMON: &str =
    "0123456789 .,:;−-+/%()[]·…–“”ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Puts the common glyphs into the font texture at once. A glyph that is first
/// needed in the middle of a run would be blank until the renderer has the
/// larger texture: a digit would blink in the epoch counter.
fn draw_glyphs_ahead(ctx: &Context, theme: &Theme) {
    let sizes = &theme.sizes;
    let fonts = [
        (sizes.text_small, FontFamily::Proportional),
        (sizes.text_body, FontFamily::Proportional),
        (sizes.text_body, FontFamily::Name(SEMIBOLD.into())),
        (sizes.text_title, FontFamily::Name(SEMIBOLD.into())),
    ];
    ctx.fonts_mut(|view| {
        for (size, family) in fonts {
            let font = FontId::new(size, family);
            view.layout_no_wrap(COMMON.to_owned(), font, Color32::PLACEHOLDER);
        }
    });
}

fn fonts() -> FontDefinitions {
    let regular = include_bytes!("../../../assets/fonts/NeurariumSans-Regular.ttf");
    let semibold = include_bytes!("../../../assets/fonts/NeurariumSans-SemiBold.ttf");
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in [("regular", regular.as_slice()), (SEMIBOLD, semibold)] {
        fonts
            .font_data
            .insert(name.to_owned(), FontData::from_static(bytes).into());
    }
    let families = [
        (FontFamily::Proportional, "regular"),
        (FontFamily::Monospace, "regular"),
        (FontFamily::Name(SEMIBOLD.into()), SEMIBOLD),
    ];
    for (family, name) in families {
        fonts.families.insert(family, vec![name.to_owned()]);
    }
    egui_phosphor::add_to_fonts(&mut fonts, egui_phosphor::Variant::Regular);
    for family in [FontFamily::Monospace, FontFamily::Name(SEMIBOLD.into())] {
        fonts
            .families
            .entry(family)
            .or_default()
            .push("phosphor".to_owned());
    }
    fonts
}

fn wear(style: &mut egui::Style, theme: &Theme) {
    let (palette, sizes) = (&theme.palette, &theme.sizes);
    let text = |size: f32| FontId::new(size, FontFamily::Proportional);
    let bold = |size: f32| FontId::new(size, FontFamily::Name(SEMIBOLD.into()));
    style.text_styles = [
        (TextStyle::Small, text(sizes.text_small)),
        (TextStyle::Body, text(sizes.text_body)),
        (TextStyle::Button, text(sizes.text_body)),
        (TextStyle::Monospace, text(sizes.text_body)),
        (TextStyle::Heading, bold(sizes.text_title)),
    ]
    .into();
    style.drag_value_text_style = TextStyle::Body;
    style.animation_time = theme.motion.duration_secs(theme.motion.quick_ms);
    style.interaction.tooltip_delay = theme.motion.hover_delay_ms / 1000.0;
    style.interaction.selectable_labels = false;

    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::splat(sizes.space);
    spacing.button_padding = vec2(10.0, sizes.space_half);
    spacing.interact_size = vec2(CONTROL_HEIGHT, CONTROL_HEIGHT);
    spacing.slider_rail_height = sizes.space_half;
    spacing.icon_width = 20.0;
    spacing.icon_width_inner = 12.0;
    spacing.tooltip_width = 280.0;
    spacing.window_margin = Margin::same(16);
    spacing.menu_margin = Margin::same(8);
    spacing.scroll.floating = true;
    spacing.scroll.bar_width = 6.0;

    let visuals = &mut style.visuals;
    let control = palette.control;
    let shadow = sheet_shadow(theme);
    let radius = CornerRadius::same(sizes.corner_radius_control as u8);
    let solid = colour(palette.sheet.with_alpha(255));
    let state = |fill: Rgba8, ink: Rgba8, edge: Stroke| WidgetVisuals {
        bg_fill: colour(fill),
        weak_bg_fill: colour(fill),
        bg_stroke: edge,
        corner_radius: radius,
        fg_stroke: Stroke::new(1.5, colour(ink)),
        expansion: 0.0,
    };
    let edge = Stroke::new(1.0, colour(palette.sheet_border));
    let focus = Stroke::new(1.5, colour(palette.accent));
    let lit = control.mix(palette.text, 0.10);
    visuals.dark_mode = palette.stage.relative_luminance() < 0.5;
    visuals.widgets.noninteractive = state(control, palette.text, edge);
    visuals.widgets.inactive = state(control, palette.text, Stroke::NONE);
    // Sliders, checkboxes: what lies on the sheet without a button around it.
    visuals.widgets.inactive.bg_fill = colour(control.mix(palette.text, 0.14));
    visuals.widgets.hovered = state(lit, palette.text, edge);
    visuals.widgets.active = state(control.mix(palette.accent, 0.35), palette.text, focus);
    visuals.widgets.open = state(lit, palette.text, edge);
    visuals.selection.bg_fill = colour(control.mix(palette.accent, 0.30));
    visuals.selection.stroke = Stroke::new(1.5, colour(palette.accent));
    visuals.weak_text_color = Some(colour(palette.text_dim));
    visuals.hyperlink_color = colour(palette.accent);
    visuals.faint_bg_color = colour(control.with_alpha(96));
    visuals.extreme_bg_color = colour(palette.stage);
    visuals.text_edit_bg_color = Some(colour(palette.stage));
    visuals.warn_fg_color = colour(palette.warning);
    visuals.error_fg_color = colour(palette.danger);
    visuals.window_fill = solid;
    visuals.panel_fill = solid;
    visuals.window_stroke = edge;
    visuals.window_corner_radius = CornerRadius::same(sizes.corner_radius as u8);
    visuals.menu_corner_radius = CornerRadius::same(12);
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;
    visuals.slider_trailing_fill = true;
    visuals.striped = false;
    // The renderer blends translucent colours darker than they are, which on
    // paper looks pressed: what is disabled is drawn flat and dim instead.
    visuals.disabled_alpha = 1.0;
    visuals.indent_has_left_vline = false;
}

fn sheet_shadow(theme: &Theme) -> Shadow {
    Shadow {
        offset: [0, 6],
        blur: theme.sizes.shadow_blur as u8,
        spread: 0,
        color: colour(theme.palette.shadow),
    }
}

/// Shows a floating sheet that fills this place of the window.
pub fn sheet<R>(
    ctx: &Context,
    theme: &Theme,
    name: &str,
    place: Rect,
    margin: Margin,
    contents: impl FnOnce(&mut Ui) -> R,
) -> R {
    let frame = sheet_frame(theme).inner_margin(margin);
    let inside = place - frame.total_margin();
    egui::Area::new(Id::new(name))
        .fixed_pos(place.min)
        .constrain(false)
        .fade_in(false)
        .show(ctx, |ui| {
            // The sheet keeps its place, whatever its contents ask for.
            ui.painter().add(frame.paint(inside));
            let mut child = ui.new_child(UiBuilder::new().max_rect(inside));
            child.set_clip_rect(place.intersect(ui.clip_rect()));
            ui.expand_to_include_rect(place);
            contents(&mut child)
        })
        .inner
}

/// Shows a floating sheet as large as its contents that hangs by a corner at a point.
pub fn floating<R>(
    ctx: &Context,
    theme: &Theme,
    name: &str,
    corner: Align2,
    at: Pos2,
    margin: f32,
    contents: impl FnOnce(&mut Ui) -> R,
) -> InnerResponse<R> {
    let frame = sheet_frame(theme).inner_margin(margin);
    egui::Area::new(Id::new(name))
        .pivot(corner)
        .fixed_pos(at)
        .constrain(false)
        .fade_in(false)
        .show(ctx, |ui| frame.show(ui, contents).inner)
}

fn sheet_frame(theme: &Theme) -> Frame {
    Frame::new()
        .fill(colour(theme.palette.sheet))
        .stroke(Stroke::new(1.0, colour(theme.palette.sheet_border)))
        .corner_radius(CornerRadius::same(theme.sizes.corner_radius as u8))
        .shadow(sheet_shadow(theme))
}

/// Text of titles and of what is pressed.
pub fn strong(text: impl Into<String>) -> RichText {
    RichText::new(text).family(FontFamily::Name(SEMIBOLD.into()))
}

/// Small text that may be read.
pub fn small(text: impl Into<String>, theme: &Theme) -> RichText {
    RichText::new(text)
        .text_style(TextStyle::Small)
        .color(colour(theme.palette.text_dim))
}

/// A number as a person reads it: four significant digits.
#[must_use]
pub fn number(value: f32) -> String {
    let size = value.abs();
    let text = if !value.is_finite() {
        return "not a number".to_owned();
    } else if value == 0.0 {
        "0".to_owned()
    } else if !(1e-3..1e5).contains(&size) {
        format!("{value:.2e}")
    } else {
        let digits = (3 - size.log10().floor() as i32).clamp(0, 4) as usize;
        format!("{value:.digits$}")
    };
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_four_significant_digits() {
        for (value, text) in [
            (0.0, "0"),
            (0.5, "0.5000"),
            (-1.234_56, "−1.235"),
            (123.456, "123.5"),
            (12_345.6, "12346"),
            (0.000_012, "1.20e−5"),
            (f32::NAN, "not a number"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn a_colour_keeps_its_alpha_unmultiplied() {
        let half = colour(Rgba8::hex(0xFF8000).with_alpha(128));
        assert_eq!(half.a(), 128);
        assert!(half.to_srgba_unmultiplied()[0] > 250);
    }
}
