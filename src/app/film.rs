//! What a picture is drawn on, and how it becomes a file.

use std::io::Cursor;
use std::path::Path;

use bevy::asset::RenderAssetUsages;
use bevy::image::Image;
use bevy::render::render_resource::{TextureFormat, TextureUsages};

/// An image of this size in pixels to draw on and to read from.
pub(super) fn sheet(width: u32, height: u32) -> Image {
    let format = TextureFormat::Rgba8UnormSrgb;
    let mut image = Image::new_target_texture(width, height, format, None);
    image.asset_usage = RenderAssetUsages::default();
    image.texture_descriptor.usage |= TextureUsages::COPY_SRC;
    image
}

/// The bytes of a PNG file.
///
/// # Errors
/// One sentence: the picture has no pixels that could be read.
pub(super) fn develop(image: &Image) -> Result<Vec<u8>, String> {
    let because =
        |cause: &dyn std::fmt::Display| format!("The picture cannot be encoded: {cause}.");
    let picture = image
        .clone()
        .try_into_dynamic()
        .map_err(|error| because(&error))?;
    let mut bytes = Cursor::new(Vec::new());
    picture
        .to_rgb8()
        .write_to(&mut bytes, image::ImageFormat::Png)
        .map_err(|error| because(&error))?;
    Ok(bytes.into_inner())
}

/// The ending of a file's name in small letters; nothing where it has none.
pub(crate) fn ending(path: &Path) -> String {
    let ending = path.extension().unwrap_or_default();
    ending.to_string_lossy().to_lowercase()
}
