using Tacit.Aggregation.Encodings;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Learning.Optimizers;
using Tacit.Learning.Training;

namespace Tacit.Learning.Jobs;

/// <summary>Makes a <see cref="TrainingPlan"/> of what was written, or says on which line what is wrong and what is allowed.</summary>
public static class TrainingPlanReader
{
    private static readonly string[] formats = ["synthetic-activity", "har-windows", "har-features", "motion-sense", "csv", "npy", "idx"];
    private static readonly string[] partitions = ["auto", "iid", "dirichlet", "shard", "size", "natural"];
    private static readonly (string Name, string Kind)[] ofKinds = [("alpha", "dirichlet"), ("shards", "shard"), ("exponent", "size")];

    /// <summary>Reads a plan.</summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="root">The whole document.</param>
    /// <exception cref="FailureException">File, line, key, value, what is allowed.</exception>
    public static TrainingPlan Read(string file, PlanMapping root)
    {
        PlanSection top = new(file, "", root);
        top.RequiredText("task");
        top.Choice("task", "training", "training");
        TrainingPlan plan = new()
        {
            Name = top.Text("name", ""),
            Mode = Enum.Parse<TrainingMode>(top.Choice("mode", "secure", "secure", "plain", "central"), ignoreCase: true),
            Data = ReadData(top.Section("data")),
            Model = ModelPlanReader.Read(top.Section("model")),
            Rounds = top.RequiredInteger("rounds", 1, 1_000_000),
            Cohort = ReadCohort(top.Section("cohort")),
            Protection = ReadProtection(top.Section("protection")),
            Training = ReadTraining(top.Section("training"), out ServerOptimization server),
            Server = server,
            Dropout = ReadFaults(top.Section("faults")),
            Privacy = PrivacyPlanReader.Read(top.Section("privacy")),
            Seed = ReadSeed(top),
        };
        top.Finish();
        Check(file, plan);
        if (plan.Privacy.Mechanism is PrivacyMechanism.Sum or PrivacyMechanism.Tree)
        {
            top.Section("protection").Without($"privacy.mechanism is {plan.Privacy.Name}, which clips to privacy.clip and rounds to privacy.bits", "clip", "range", "value-bits", "weight-cap");
        }

        try
        {
            plan.Training.Validate();
            plan.Server.Create();
        }
        catch (FailureException together)
        {
            throw new FailureException(together.Code, $"{file}, {(root.Entries.TryGetValue("training", out PlanNode? training) ? training.Place : "line 1")}: {together.Message}", together);
        }

        return plan;
    }

    // What only several sections together can say.
    private static void Check(string file, TrainingPlan plan)
    {
        (string protocol, int? neighbours, int? threshold) = (plan.Protection.Protocol, plan.Protection.Neighbours, plan.Protection.Threshold);
        if (neighbours is not null && protocol != "secagg-plus") throw new FailureException(FailureCodes.InvalidValue, $"{file}: protection.neighbours is {neighbours}; in {protocol} nobody chooses neighbours: leave it out, or take secagg-plus");
        if (threshold is not null && protocol == "plain-sum") throw new FailureException(FailureCodes.InvalidValue, $"{file}: protection.threshold is {threshold}; plain-sum shares no keys: leave it out, or take secagg or secagg-plus");
        if (plan.Privacy.Mechanism == PrivacyMechanism.None) return;
        if (plan.Mode == TrainingMode.Plain)
        {
            throw new FailureException(FailureCodes.MechanismNotValid, $"{file}: mode is plain, which averages in the clear and adds no noise, while privacy.mechanism is {plan.Privacy.Name}; use mode: secure, or privacy.mechanism: none");
        }

        if (plan.Privacy.Mechanism != PrivacyMechanism.LocalSteps && plan.Mode == TrainingMode.Central)
        {
            throw new FailureException(FailureCodes.MechanismNotValid, $"{file}: mode is central, which has no sum to noise, while privacy.mechanism is {plan.Privacy.Name}; use mode: secure, or privacy.mechanism: dp-sgd or none");
        }

        if (plan.Privacy is { Mechanism: PrivacyMechanism.Sum, Placement: NoisePlacement.Distributed } && plan.Mode == TrainingMode.Secure && plan.Protection.Protocol == "plain-sum")
        {
            throw new FailureException(FailureCodes.MechanismNotValid, $"{file}: protection.protocol is plain-sum, which shows the coordinator every update with its own small share of the noise, while privacy.mechanism is {plan.Privacy.Name}; use secagg-plus, or gaussian (a trusted coordinator adds the noise), or local-discrete-gaussian");
        }

        if (plan.Data.Standardize && plan.Privacy.Mechanism != PrivacyMechanism.LocalSteps)
        {
            throw new FailureException(FailureCodes.MechanismNotValid, $"{file}: data.standardize is true while privacy.mechanism is {plan.Privacy.Name}; moments are exact sums that no budget pays for: use data.row-norm, which looks at one row at a time, or leave features as they are");
        }
    }

    private static DataPlan ReadData(PlanSection section)
    {
        DataPlan defaults = new() { Format = section.Choice("format", section.RequiredText("format"), formats) };
        PlanSection test = section.Section("test");
        double rowNorm = section.Number("row-norm", double.NaN, x => x > 0, "greater than 0");
        DataPlan data = defaults with
        {
            Path = section.Has("path") ? section.Text("path", "") : null,
            Participant = section.Has("participant") ? section.Text("participant", "") : null,
            Label = section.Has("label") ? section.Text("label", "") : null,
            Ignore = section.Texts("ignore"),
            Channels = section.Integers("channels", 0),
            Partition = ReadPartition(section.Section("partition"), defaults.Format, section.Has("participant")),
            TestParticipants = test.Texts("participants"),
            TestFraction = test.Number("fraction", defaults.TestFraction, x => x is > 0 and < 1, "in (0, 1)"),
            RowNorm = double.IsNaN(rowNorm) ? null : rowNorm,
            Standardize = section.Flag("standardize", defaults.Standardize),
            StandardizeRange = section.Number("standardize-range", defaults.StandardizeRange, x => x is >= 1e-12 and <= 1e12, "in [1e-12, 1e12]"),
            StandardizeNorm = section.Number("standardize-norm", defaults.StandardizeNorm, x => x > 0, "greater than 0"),
            Persons = section.Integer("persons", defaults.Persons, 2, 100_000),
            Windows = section.Integer("windows", defaults.Windows, 1, 100_000),
        };
        if (data.Format == "csv") section.RequiredText("label");
        test.Finish();
        section.Finish();
        return data;
    }

    private static PartitionPlan ReadPartition(PlanSection section, string format, bool hasParticipants)
    {
        PartitionPlan defaults = new() { Kind = format == "npy" ? "auto" : format == "idx" || (format == "csv" && !hasParticipants) ? "iid" : "natural" };
        PartitionPlan partition = new()
        {
            Kind = section.Choice("kind", defaults.Kind, partitions),
            Participants = section.Integer("participants", defaults.Participants, 2, 1_000_000),
            Alpha = section.Number("alpha", defaults.Alpha, x => x > 0, "positive"),
            Shards = section.Integer("shards", defaults.Shards, 1),
            Exponent = section.Number("exponent", defaults.Exponent, x => x >= 0, "at least 0"),
        };
        section.Without($"data.partition.kind is {partition.Kind}", ofKinds.Where(key => key.Kind != partition.Kind).Select(key => key.Name));
        section.Finish();
        return partition;
    }

    private static LocalTraining ReadTraining(PlanSection section, out ServerOptimization server)
    {
        LocalTraining defaults = new();
        LocalTraining training = new()
        {
            Epochs = section.Integer("epochs", defaults.Epochs, 1, 10_000),
            BatchSize = section.Integer("batch", defaults.BatchSize, 1, 1_000_000),
            LearningRate = section.Number("learning-rate", defaults.LearningRate, x => x > 0, "positive"),
            Optimizer = section.Choice("optimizer", defaults.Optimizer, LocalTraining.OptimizerNames),
            Momentum = section.Number("momentum", defaults.Momentum, x => x is >= 0 and < 1, "in [0, 1)"),
            Proximal = section.Number("proximal", defaults.Proximal, x => x >= 0, "at least 0"),
        };
        string name = section.Choice("server", "fedavg", ServerOptimization.Names);
        double rate = section.Number("server-learning-rate", double.NaN, x => x > 0, "positive");
        server = new ServerOptimization { Name = name, LearningRate = double.IsNaN(rate) ? null : rate, AverageLast = section.Integer("average-last", 1, 1) };
        if (name == "fedprox" && training.Proximal == 0) training = training with { Proximal = 0.01 };
        section.Finish();
        return training;
    }

    private static CohortPlan ReadCohort(PlanSection section)
    {
        CohortPlan cohort = new(section.IntegerOrAuto("size", 2), section.Integer("minimum", 2, 1));
        if (cohort.Size is { } size && cohort.Minimum > size)
        {
            throw section.Wrong(FailureCodes.InvalidValue, "minimum", $"cohort.minimum is {cohort.Minimum}; it must be at most cohort.size {size}");
        }

        section.Finish();
        return cohort;
    }

    private static ProtectionPlan ReadProtection(PlanSection section)
    {
        ProtectionPlan defaults = new();
        double clip = section.Number("clip", double.NaN, x => x > 0, "positive");
        ProtectionPlan protection = new()
        {
            Protocol = section.Choice("protocol", defaults.Protocol, "plain-sum", "secagg", "secagg-plus"),
            Malicious = section.Choice("mode", "malicious", "semi-honest", "malicious") == "malicious",
            Neighbours = section.IntegerOrAuto("neighbours", 1),
            Threshold = section.IntegerOrAuto("threshold", 1),
            Corrupt = section.Number("corrupt", defaults.Corrupt, x => x is >= 0 and < 1, "in [0, 1)"),
            Drop = section.Number("drop", defaults.Drop, x => x is >= 0 and < 1, "in [0, 1)"),
            Sigma = section.Integer("sigma", defaults.Sigma, ProtectionTerms.LeastSigma, ProtectionTerms.LargestSigma),
            Cipher = section.Choice("cipher", defaults.Cipher, "aes-128", "aes-256"),
            ValueBits = section.Integer("value-bits", defaults.ValueBits, 2, Quantization.MaxBits),
            Range = section.Number("range", defaults.Range, x => x is >= 1e-30 and <= 1e30, "in [1e-30, 1e30]"),
            WeightCap = section.Integer("weight-cap", defaults.WeightCap, 1),
            Clip = double.IsNaN(clip) ? null : clip,
        };
        section.Finish();
        return protection;
    }

    internal static ulong ReadSeed(PlanSection top) => (ulong)top.Number("seed", 1, x => x >= 0 && x <= 1L << 53 && x == Math.Floor(x), "a whole number from 0 to 2^53");

    internal static double ReadFaults(PlanSection section)
    {
        double dropout = section.Number("dropout", 0, x => x is >= 0 and <= 1, "in [0, 1]");
        section.Finish();
        return dropout;
    }
}
