//! One thing of training changed by its name: what a controlled experiment varies.

use std::str::FromStr;

use network::{Activation, Initializer, KindId, Learning, Node};

use crate::{Edit, Loss, Objective, Optimizer, Project, Schedule, TrainingSettings};

/// A thing that can be varied, all else being equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Varied {
    /// The size of a step.
    LearningRate,
    /// The rule of a step, with its usual values: those of PyTorch, its weight decay among
    /// them ([`TrainingSettings::choose_optimizer`]); one that was chosen stays.
    Optimizer,
    /// Rows from which a step is computed.
    BatchSize,
    /// The loss, one on all outputs.
    Loss,
    /// The activation of all hidden neurons.
    Activation,
    /// What starting weights are drawn from, with its usual values.
    Initializer,
    /// How the learning rate changes, with its usual values; a cosine goes over the
    /// epochs of the settings.
    Schedule,
    /// The L1 penalty.
    L1,
    /// The L2 penalty.
    L2,
    /// The weight decay.
    WeightDecay,
    /// The dropout of all hidden neurons.
    Dropout,
    /// Whether each epoch goes through the rows in a new order.
    Shuffle,
    /// The momentum of SGD or Nesterov.
    Momentum,
}

/// Why something cannot be varied so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaryError {
    /// There is no such thing.
    #[error("“{0}” cannot be varied; what can: {all}", all = names())]
    Unknown(
        /// The name found.
        String,
    ),
    /// A value that cannot be read.
    #[error("“{found}” is no value of {name}; expected {expected}")]
    Value {
        /// What is varied.
        name: &'static str,
        /// The value found.
        found: String,
        /// What it should be.
        expected: String,
    },
    /// The optimiser has no momentum.
    #[error("{0} has no momentum; SGD and Nesterov do")]
    NoMomentum(
        /// The optimiser.
        &'static str,
    ),
    /// There are no hidden neurons.
    #[error("{0} is that of hidden neurons, and there are none")]
    NoHidden(
        /// What is varied.
        &'static str,
    ),
}

fn names() -> String {
    Varied::ALL.map(Varied::name).join(", ")
}

impl FromStr for Varied {
    type Err = VaryError;

    fn from_str(name: &str) -> Result<Self, VaryError> {
        let mut all = Self::ALL.into_iter();
        all.find(|one| squeezed(one.name()) == squeezed(name))
            .ok_or_else(|| VaryError::Unknown(name.to_owned()))
    }
}

impl Varied {
    /// Everything that can be varied.
    pub const ALL: [Self; 13] = [
        Self::LearningRate,
        Self::Optimizer,
        Self::BatchSize,
        Self::Loss,
        Self::Activation,
        Self::Initializer,
        Self::Schedule,
        Self::L1,
        Self::L2,
        Self::WeightDecay,
        Self::Dropout,
        Self::Shuffle,
        Self::Momentum,
    ];

    /// Its name, as one word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LearningRate => "learning_rate",
            Self::Optimizer => "optimizer",
            Self::BatchSize => "batch_size",
            Self::Loss => "loss",
            Self::Activation => "activation",
            Self::Initializer => "initializer",
            Self::Schedule => "schedule",
            Self::L1 => "l1",
            Self::L2 => "l2",
            Self::WeightDecay => "weight_decay",
            Self::Dropout => "dropout",
            Self::Shuffle => "shuffle",
            Self::Momentum => "momentum",
        }
    }

    /// The edit that gives a project this value of it. Whether a number is in its range
    /// is told when the edit is made.
    ///
    /// # Errors
    /// When the value cannot be read, or the project has no such thing.
    pub fn edit(self, project: &Project, value: &str) -> Result<Edit, VaryError> {
        let mut settings = project.training().clone();
        match self {
            Self::LearningRate => settings.learning_rate = self.number(value)?,
            Self::BatchSize => settings.batch_size = self.parsed(value, "a whole number")?,
            Self::L1 => settings.penalty.l1 = self.number(value)?,
            Self::L2 => settings.penalty.l2 = self.number(value)?,
            Self::WeightDecay => settings.weight_decay = self.number(value)?,
            Self::Shuffle => settings.is_shuffled = self.yes_or_no(value)?,
            Self::Momentum => settings.optimizer = self.with_momentum(&settings, value)?,
            Self::Optimizer => {
                let names = Optimizer::ALL.map(|one| (one.name(), one));
                let short = [("momentum", Optimizer::MOMENTUM)];
                settings.choose_optimizer(self.one_of(value, &names, &short)?);
            }
            Self::Loss => {
                let names = Loss::ALL.map(|one| (one.name(), one));
                let short = [
                    ("mse", Loss::MeanSquaredError),
                    ("mae", Loss::MeanAbsoluteError),
                    ("bce", Loss::BinaryCrossEntropy),
                    ("cce", Loss::CategoricalCrossEntropy),
                ];
                settings.objective = Objective::all(self.one_of(value, &names, &short)?);
            }
            Self::Initializer => {
                let names = Initializer::ALL.map(|one| (one.name(), one));
                let short = [("playground", Initializer::Playground)];
                settings.initializer = self.one_of(value, &names, &short)?;
            }
            Self::Schedule => settings.schedule = self.schedule(&settings, value)?,
            Self::Activation => {
                let hidden = Activation::ALL.into_iter();
                let names: Vec<_> = hidden
                    .filter(|one| *one != Activation::Softmax)
                    .map(|one| (one.name(), one))
                    .collect();
                let activation = self.one_of(value, &names, &[])?;
                return self.for_hidden(project, |node| Edit::SetActivation(node.id, activation));
            }
            Self::Dropout => {
                let dropout = self.number(value)?;
                return self.for_hidden(project, |node| {
                    let learning = Learning {
                        dropout,
                        ..node.learning
                    };
                    Edit::SetLearning(node.id, learning)
                });
            }
        }
        Ok(Edit::SetTraining(settings))
    }

    fn for_hidden(
        self,
        project: &Project,
        edit: impl Fn(&Node) -> Edit,
    ) -> Result<Edit, VaryError> {
        let nodes = project.network().nodes();
        let hidden = nodes.filter(|node| node.kind == KindId::HIDDEN);
        let edits: Vec<Edit> = hidden.map(edit).collect();
        if edits.is_empty() {
            return Err(VaryError::NoHidden(self.name()));
        }
        Ok(Edit::Batch(edits))
    }

    fn with_momentum(
        self,
        settings: &TrainingSettings,
        value: &str,
    ) -> Result<Optimizer, VaryError> {
        let momentum = self.number(value)?;
        match settings.optimizer {
            Optimizer::Sgd { .. } => Ok(Optimizer::Sgd { momentum }),
            Optimizer::Nesterov { .. } => Ok(Optimizer::Nesterov { momentum }),
            other => Err(VaryError::NoMomentum(other.name())),
        }
    }

    fn schedule(self, settings: &TrainingSettings, value: &str) -> Result<Schedule, VaryError> {
        let names = Schedule::ALL.map(|one| (one.name(), one));
        let short: Vec<_> = Schedule::ALL
            .into_iter()
            .filter(|one| matches!(one, Schedule::Plateau { .. }))
            .map(|one| ("plateau", one))
            .collect();
        let chosen = self.one_of(value, &names, &short)?;
        Ok(match chosen {
            Schedule::Cosine { least, .. } => Schedule::Cosine {
                epochs: settings.epochs,
                least,
            },
            other => other,
        })
    }

    fn yes_or_no(self, value: &str) -> Result<bool, VaryError> {
        match squeezed(value).as_str() {
            "yes" | "true" | "on" => Ok(true),
            "no" | "false" | "off" => Ok(false),
            _ => Err(self.unread(value, "yes or no")),
        }
    }

    fn number(self, value: &str) -> Result<f32, VaryError> {
        self.parsed(value, "a number")
    }

    fn parsed<T: FromStr>(self, value: &str, expected: &str) -> Result<T, VaryError> {
        let parsed = value.trim().parse();
        parsed.map_err(|_| self.unread(value, expected))
    }

    /// What is meant, by its name in the field or a short one.
    fn one_of<T: Copy>(
        self,
        value: &str,
        names: &[(&str, T)],
        short: &[(&str, T)],
    ) -> Result<T, VaryError> {
        let wanted = squeezed(value);
        let mut all = names.iter().chain(short);
        let found = all.find(|(name, _)| squeezed(name) == wanted);
        found.map(|(_, one)| *one).ok_or_else(|| {
            let words: Vec<String> = names.iter().map(|(name, _)| word(name)).collect();
            self.unread(value, &format!("one of {}", words.join(", ")))
        })
    }

    fn unread(self, found: &str, expected: &str) -> VaryError {
        VaryError::Value {
            name: self.name(),
            found: found.trim().to_owned(),
            expected: expected.to_owned(),
        }
    }
}

/// A name as it is compared: its letters and digits, small.
fn squeezed(name: &str) -> String {
    let kept = name.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

/// A name as one word to type: `leaky_relu` for “leaky ReLU”.
fn word(name: &str) -> String {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    let parts: Vec<String> = parts
        .filter(|part| !part.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    parts.join("_")
}

#[cfg(test)]
mod tests {
    use network::Role;

    use super::*;
    use crate::{apply, gesture};

    /// An input, two hidden neurons, an output, and SGD.
    fn project() -> Project {
        let mut project = Project::default();
        for kind in [
            KindId::INPUT,
            KindId::HIDDEN,
            KindId::HIDDEN,
            KindId::OUTPUT,
        ] {
            let edit = gesture::add_neuron(&project, kind, [0.0, 0.0]);
            apply(&mut project, &edit).expect("a neuron can be added");
        }
        let training = TrainingSettings {
            optimizer: Optimizer::SGD,
            epochs: 77,
            ..TrainingSettings::default()
        };
        apply(&mut project, &Edit::SetTraining(training)).expect("in range");
        project
    }

    /// The project with this value.
    fn with(name: &str, value: &str) -> Result<Project, String> {
        let mut project = project();
        let varied: Varied = name.parse().map_err(|error: VaryError| error.to_string())?;
        let edit = varied.edit(&project, value);
        let edit = edit.map_err(|error| error.to_string())?;
        apply(&mut project, &edit).map_err(|error| error.to_string())?;
        Ok(project)
    }

    #[test]
    fn each_name_changes_its_one_setting_and_no_other() {
        type Change = fn(&mut TrainingSettings);
        let cases: [(&str, &str, Change); 13] = [
            ("learning_rate", "0.25", |s| s.learning_rate = 0.25),
            ("batch_size", "3", |s| s.batch_size = 3),
            ("optimizer", "AdamW", |s| {
                s.optimizer = Optimizer::ADAM_W;
                // Without it AdamW would be Adam.
                s.weight_decay = 0.01;
            }),
            ("optimizer", "momentum", |s| {
                s.optimizer = Optimizer::MOMENTUM;
            }),
            ("loss", "mae", |s| {
                s.objective = Objective::all(Loss::MeanAbsoluteError);
            }),
            ("loss", "mean_absolute_error", |s| {
                s.objective = Objective::all(Loss::MeanAbsoluteError);
            }),
            ("initializer", "he_normal", |s| {
                s.initializer = Initializer::HeNormal;
            }),
            ("schedule", "cosine", |s| {
                s.schedule = Schedule::Cosine {
                    epochs: 77,
                    least: 0.0,
                };
            }),
            ("l1", "0.5", |s| s.penalty.l1 = 0.5),
            ("l2", "0.5", |s| s.penalty.l2 = 0.5),
            ("weight-decay", "0.5", |s| s.weight_decay = 0.5),
            ("shuffle", "no", |s| s.is_shuffled = false),
            ("momentum", "0.5", |s| {
                s.optimizer = Optimizer::Sgd { momentum: 0.5 };
            }),
        ];
        for (name, value, change) in cases {
            let mut expected = project().training().clone();
            change(&mut expected);
            let found = with(name, value).map(|project| project.training().clone());
            assert_eq!(found, Ok(expected), "{name} = {value}");
        }
    }

    #[test]
    fn an_optimiser_comes_with_its_usual_weight_decay_unless_another_was_chosen() {
        let from = |optimizer, decay: f32, to: &str| {
            let mut project = project();
            let settings = TrainingSettings {
                optimizer,
                weight_decay: decay,
                ..project.training().clone()
            };
            apply(&mut project, &Edit::SetTraining(settings)).expect("in range");
            let edit = Varied::Optimizer.edit(&project, to).expect("it can be");
            apply(&mut project, &edit).expect("in range");
            project.training().weight_decay
        };
        assert_eq!(from(Optimizer::ADAM, 0.0, "adamw"), 0.01);
        assert_eq!(from(Optimizer::ADAM, 0.0, "sgd"), 0.0);
        assert_eq!(from(Optimizer::ADAM_W, 0.01, "adam"), 0.0);
        assert_eq!(from(Optimizer::ADAM_W, 0.01, "adamw"), 0.01);
        // What somebody chose is one of the things that stay equal.
        assert_eq!(from(Optimizer::ADAM, 0.002, "adamw"), 0.002);
        assert_eq!(from(Optimizer::ADAM_W, 0.002, "sgd"), 0.002);
    }

    #[test]
    fn activation_and_dropout_are_those_of_all_hidden_neurons_alone() {
        let is_hidden = |node: &&Node| node.kind == KindId::HIDDEN;
        let untouched = project();
        let plain = untouched.network().nodes_of(Role::Output).next();
        let plain = plain.expect("it has one").activation;
        let leaky = with("activation", "leaky_relu").expect("it can be");
        let dropped = with("dropout", "0.4").expect("it can be");
        let network = leaky.network();
        let mut hidden = network.nodes().filter(is_hidden);
        assert!(hidden.all(|node| node.activation.name() == "leaky ReLU"));
        let network = dropped.network();
        let mut hidden = network.nodes().filter(is_hidden);
        assert!(hidden.all(|node| node.learning.dropout == 0.4));
        for project in [&leaky, &dropped] {
            assert_eq!(project.training(), self::project().training());
            let mut outputs = project.network().nodes_of(Role::Output);
            assert!(
                outputs
                    .all(|node| node.activation == plain && node.learning == Learning::default())
            );
        }
    }

    #[test]
    fn what_cannot_be_is_told_with_what_can() {
        let told = |name, value| with(name, value).expect_err("refused");
        assert!(told("colour", "red").ends_with("shuffle, momentum"));
        assert_eq!(
            told("schedule", "sometimes"),
            "“sometimes” is no value of schedule; expected one of constant, step, exponential, cosine, reduce_on_plateau"
        );
        assert!(told("activation", "softmax").contains("leaky_relu, elu"));
        assert!(told("batch_size", "2.5").contains("a whole number"));
        assert!(told("shuffle", "maybe").contains("yes or no"));
        // Ranges are those of the settings.
        assert!(told("learning_rate", "-1").contains("the learning rate"));
        let mut adam = project();
        let training = TrainingSettings::default();
        apply(&mut adam, &Edit::SetTraining(training)).expect("in range");
        let error = Varied::Momentum.edit(&adam, "0.5");
        assert_eq!(error, Err(VaryError::NoMomentum("Adam")));
        let error = Varied::Dropout.edit(&Project::default(), "0.5");
        assert_eq!(error, Err(VaryError::NoHidden("dropout")));
    }
}
