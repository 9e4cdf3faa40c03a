//! Packed messages as JavaScript knows them: a `Uint8Array`, and a `Float32Array` whose buffer travels.

use js_sys::{Array, ArrayBuffer, Float32Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use crate::{CodecError, Message, Numbers, Packed, pack, unpack};

/// Buffers that came back and will be used again.
#[derive(Default)]
pub struct Pool {
    buffers: Vec<ArrayBuffer>,
}

impl Pool {
    /// The most buffers that are kept.
    const MOST: usize = 4;

    /// Takes a buffer that is no longer read.
    pub fn put(&mut self, buffer: ArrayBuffer) {
        if self.buffers.len() < Self::MOST && buffer.byte_length() > 0 {
            self.buffers.push(buffer);
        }
    }

    /// Gives all buffers away.
    pub fn drain(&mut self) -> impl Iterator<Item = ArrayBuffer> {
        self.buffers.drain(..)
    }

    /// Room for numbers: the smallest buffer that is large enough, or a new one.
    fn array(&mut self, len: u32) -> Float32Array {
        let needed = len.saturating_mul(4);
        let fitting = self.buffers.iter().enumerate();
        let fitting = fitting
            .map(|(place, buffer)| (buffer.byte_length(), place))
            .filter(|&(size, _)| size >= needed)
            .min();
        match fitting {
            Some((_, place)) if needed > 0 => {
                let buffer = self.buffers.swap_remove(place);
                Float32Array::new_with_byte_offset_and_length(&buffer, 0, len)
            }
            _ => Float32Array::new_with_length(len),
        }
    }
}

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Parcel {
    bytes: Uint8Array,
    numbers: Float32Array,
}

impl Parcel {
    /// Packs a message.
    ///
    /// # Errors
    /// As [`pack`].
    pub fn of<M: Message>(message: M, pool: &mut Pool) -> Result<Self, CodecError> {
        let Packed { bytes, lists } = pack(message)?;
        let len: usize = lists.iter().map(Vec::len).sum();
        let numbers = pool.array(len as u32);
        let mut at = 0;
        for list in &lists {
            let end = at + list.len() as u32;
            numbers.subarray(at, end).copy_from(list);
            at = end;
        }
        Ok(Self {
            bytes: Uint8Array::from(bytes.as_slice()),
            numbers,
        })
    }

    /// Reads the parcel out of a JavaScript object; `None` when there is none.
    #[must_use]
    pub fn read(object: &JsValue) -> Option<Self> {
        let property = |name| Reflect::get(object, &JsValue::from_str(name)).ok();
        Some(Self {
            bytes: property("bytes")?.dyn_into().ok()?,
            numbers: property("numbers")?.dyn_into().ok()?,
        })
    }

    /// Writes the parcel into a JavaScript object.
    pub fn write(&self, object: &Object) {
        set(object, "bytes", &self.bytes);
        set(object, "numbers", &self.numbers);
    }

    /// The buffers that are transferred with it.
    #[must_use]
    pub fn transfer(&self) -> Array {
        Array::of2(&self.bytes.buffer(), &self.numbers.buffer())
    }

    /// The message.
    ///
    /// # Errors
    /// As [`unpack`].
    pub fn unpack<M: Message>(&self) -> Result<M, CodecError> {
        let mut numbers = Reading {
            numbers: &self.numbers,
            at: 0,
        };
        unpack(&self.bytes.to_vec(), &mut numbers)
    }

    /// The buffer of its numbers, when they were read.
    #[must_use]
    pub fn into_buffer(self) -> ArrayBuffer {
        self.numbers.buffer()
    }
}

/// Sets a property of an object that was just made.
pub fn set(object: &Object, name: &str, value: &JsValue) {
    // Fails only for frozen objects and setters that throw; a fresh one is neither.
    Reflect::set(object, &JsValue::from_str(name), value).ok();
}

/// Numbers that are read out of an array bit by bit.
struct Reading<'a> {
    numbers: &'a Float32Array,
    at: u32,
}

impl Numbers for Reading<'_> {
    fn take(&mut self, len: usize) -> Option<Vec<f32>> {
        let end = self.at.checked_add(u32::try_from(len).ok()?)?;
        if end > self.numbers.length() {
            return None;
        }
        let taken = self.numbers.subarray(self.at, end).to_vec();
        self.at = end;
        Some(taken)
    }

    fn is_empty(&self) -> bool {
        self.at >= self.numbers.length()
    }
}
