//! Where values and gradients lie, chunk after chunk.

use super::*;
use crate::cases::Case;
use crate::compile::Route;

fn train(model: &mut Model, plan: &LossPlan, chunk: &Chunk) {
    model.begin_batch();
    let trained = model.train_chunk(chunk, plan, 0.1).expect("memory");
    let by_value = trained.by_value.expect("a finite loss");
    model.keep_room(by_value).expect("memory");
}

/// The room of all values but the data, and of their gradients, in numbers.
fn room(model: &Model) -> (Vec<usize>, Vec<usize>) {
    let values = model.last.iter().map(|flow| flow.numbers.capacity());
    let gradients = model.room.iter().map(Vec::capacity);
    (values.skip(1).collect(), gradients.skip(1).collect())
}

#[test]
fn a_chunk_takes_the_room_of_the_one_before_and_comes_to_the_same() {
    let case = Case::random(5, &[3, 6, 20, 24, 2], 0.7, 4, 40);
    let [whole, part] = [0..40, 0..7].map(|rows| case.chunk(rows));
    let (mut model, plan) = case.model(Route::Fused);
    train(&mut model, &plan, &whole);
    let of_whole = room(&model);
    let sizes: Vec<usize> = model.last.iter().map(|flow| flow.numbers.len()).collect();
    assert_eq!(of_whole, (sizes[1..].to_vec(), sizes[1..].to_vec()));
    for chunk in [&part, &whole, &part] {
        train(&mut model, &plan, chunk);
        assert_eq!(room(&model), of_whole);
        let (mut fresh, plan) = case.model(Route::Fused);
        train(&mut fresh, &plan, chunk);
        let bits = |model: &Model| model.gradients().into_iter().map(f32::to_bits).collect();
        let [found, wanted]: [Vec<u32>; 2] = [bits(&model), bits(&fresh)];
        assert_eq!(found, wanted);
    }
}
