//! Dense blocks: a whole layer from a whole layer, as matrix products.

use crate::gemm::{Matrix, multiply_add};

/// All connections from one run of rows into a layer: a matrix
/// `[layer rows][sources]`. Connections that do not exist are zeros that never
/// change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct DenseTerm {
    /// The first row of the sources.
    pub(crate) first_source: usize,
    /// How many rows it takes in.
    pub(crate) sources: usize,
    /// Where its matrix begins among the parameters.
    pub(crate) weights: usize,
    /// Whether anything that learns lies behind the sources.
    pub(crate) needs_gradient: bool,
}

impl DenseTerm {
    /// `layer += matrix · sources`, both `[row][stride]`.
    pub(crate) fn forward(
        &self,
        parameters: &[f32],
        before: &[f32],
        layer: &mut [f32],
        rows: usize,
        stride: usize,
    ) {
        let size = rows * self.sources;
        let matrix =
            Matrix::row_major(&parameters[self.weights..self.weights + size], self.sources);
        let sources = Matrix::row_major(self.source_rows(before, stride), stride);
        multiply_add(matrix, sources, layer);
    }

    /// From the gradient of the layer's sums to those of the matrix and of the
    /// sources.
    pub(crate) fn backward(
        &self,
        parameters: &[f32],
        parameter_gradients: &mut [f32],
        before: &[f32],
        before_gradients: &mut [f32],
        sums: &[f32],
        stride: usize,
    ) {
        let size = sums.len() / stride.max(1) * self.sources;
        let span = self.weights..self.weights + size;
        let sources = Matrix::row_major(self.source_rows(before, stride), stride);
        let gradient = Matrix::row_major(sums, stride);
        multiply_add(
            gradient,
            sources.transposed(),
            &mut parameter_gradients[span.clone()],
        );
        if self.needs_gradient {
            let matrix = Matrix::row_major(&parameters[span], self.sources);
            let first = self.first_source * stride;
            multiply_add(
                matrix.transposed(),
                gradient,
                &mut before_gradients[first..first + self.sources * stride],
            );
        }
    }

    fn source_rows<'a>(&self, before: &'a [f32], stride: usize) -> &'a [f32] {
        &before[self.first_source * stride..(self.first_source + self.sources) * stride]
    }
}
