//! Truth tables of logic gates, the smallest datasets there are.

use thiserror::Error;

use crate::table::{ColumnSpec, Role, Table, TableError};

/// The most inputs a truth table is written out for: 2¹⁰ = 1024 rows.
pub const MAX_GATE_INPUTS: usize = 10;

/// A logic gate of any number of inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gate {
    /// 1 if all inputs are 1.
    And,
    /// 1 if any input is 1.
    Or,
    /// 1 if an odd number of inputs is 1 (parity).
    Xor,
}

/// Why a truth table could not be written.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum GateError {
    /// No input, or too many.
    #[error("found {found} inputs, expected 1 to {MAX_GATE_INPUTS} for a truth table")]
    Inputs {
        /// How many inputs there are.
        found: usize,
    },
    /// The columns do not make a table.
    #[error(transparent)]
    Table(#[from] TableError),
}

impl Gate {
    /// Every gate, in the order they are taught.
    pub const ALL: [Self; 3] = [Self::And, Self::Or, Self::Xor];

    /// What the gate answers.
    pub fn evaluate(self, inputs: &[bool]) -> bool {
        match self {
            Self::And => inputs.iter().all(|&input| input),
            Self::Or => inputs.iter().any(|&input| input),
            Self::Xor => inputs.iter().filter(|&&input| input).count() % 2 == 1,
        }
    }

    /// The truth table of `n` inputs: 2ⁿ rows in counting order, the first input slowest, every target the gate's value.
    ///
    /// Each element of a shaped input counts as one input. Columns keep their order.
    pub fn fill(self, columns: &[ColumnSpec]) -> Result<Table, GateError> {
        let mut found = 0_usize;
        for column in columns {
            let size = column.size()?;
            if column.role == Role::Input {
                found = found.saturating_add(size);
            }
        }
        if !(1..=MAX_GATE_INPUTS).contains(&found) {
            return Err(GateError::Inputs { found });
        }
        let rows: Vec<Vec<bool>> = (0..1_u32 << found)
            .map(|row| (0..found).rev().map(|bit| row >> bit & 1 == 1).collect())
            .collect();
        let mut first_input = 0;
        let mut filled = Vec::with_capacity(columns.len());
        for column in columns {
            let size = column.size()?;
            let mut values = Vec::new();
            for row in &rows {
                match column.role {
                    Role::Input => {
                        let inputs = &row[first_input..first_input + size];
                        values.extend(inputs.iter().map(|&input| f32::from(u8::from(input))));
                    }
                    Role::Target => {
                        let answer = f32::from(u8::from(self.evaluate(row)));
                        values.extend(std::iter::repeat_n(answer, size));
                    }
                }
            }
            if column.role == Role::Input {
                first_input += size;
            }
            filled.push(column.with_values(values));
        }
        Ok(Table::from_columns(filled)?)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::table::ColumnId;

    /// So many scalar inputs, then so many targets.
    pub(crate) fn columns(inputs: u32, targets: u32) -> Vec<ColumnSpec> {
        (0..inputs + targets)
            .map(|id| {
                let role = if id < inputs {
                    Role::Input
                } else {
                    Role::Target
                };
                ColumnSpec::scalar(ColumnId(id), format!("c{id}"), role)
            })
            .collect()
    }

    #[test]
    fn two_inputs_give_the_four_rows_of_the_textbook() {
        for (gate, answers) in [
            (Gate::And, [0.0, 0.0, 0.0, 1.0]),
            (Gate::Or, [0.0, 1.0, 1.0, 1.0]),
            (Gate::Xor, [0.0, 1.0, 1.0, 0.0]),
        ] {
            let table = gate.fill(&columns(2, 2)).expect("two inputs fit");
            assert_eq!(table.columns()[0].values, [0.0, 0.0, 1.0, 1.0]);
            assert_eq!(table.columns()[1].values, [0.0, 1.0, 0.0, 1.0]);
            assert_eq!(table.columns()[2].values, answers, "{gate:?}");
            assert_eq!(table.columns()[3].values, answers, "{gate:?}");
        }
    }

    #[test]
    fn xor_of_three_inputs_is_their_parity() {
        let table = Gate::Xor.fill(&columns(3, 1)).expect("three inputs fit");
        assert_eq!(
            table.columns()[3].values,
            [0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0]
        );
    }

    #[test]
    fn a_shaped_input_counts_by_its_elements_wherever_it_stands() {
        let mut specs = columns(1, 1);
        specs.swap(0, 1);
        specs[1].shape = vec![2];
        let table = Gate::And.fill(&specs).expect("two elements fit");
        assert_eq!(table.columns()[0].values, [0.0, 0.0, 0.0, 1.0]);
        assert_eq!(
            table.columns()[1].values,
            [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]
        );
    }

    #[test]
    fn one_to_ten_inputs_are_written_out_and_no_others() {
        for gate in Gate::ALL {
            for inputs in 1..=10 {
                let table = gate
                    .fill(&columns(inputs, 1))
                    .expect("up to ten inputs fit");
                assert_eq!(table.rows(), 1 << inputs);
            }
        }
        for inputs in [0, 11] {
            assert_eq!(
                Gate::Or.fill(&columns(inputs, 1)),
                Err(GateError::Inputs {
                    found: inputs as usize
                })
            );
        }
    }
}
