using System.Collections.Immutable;
using System.Globalization;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;

namespace Tacit.Learning.Data;

/// <summary>
/// Deals a data set out to participants, from identical to very different shares. The same random stream gives the same shares.
/// </summary>
/// <remarks>
/// Nobody is ever empty: equal sizes differ by at most one row, and drawn sizes start from one row each. Fewer rows (or shards) than
/// participants are refused. Where names are not natural, participants are called 1, 2, ….
/// </remarks>
public static class Partitioning
{
    /// <summary>Every participant gets a uniform sample of equal size.</summary>
    /// <param name="data">At least one row per participant.</param>
    /// <param name="participants">Positive.</param>
    /// <param name="random">Shuffles the rows.</param>
    /// <exception cref="FailureException">INVALID_VALUE: no participants, or more than rows.</exception>
    public static Partition Iid(Dataset data, int participants, IRandomSource random)
    {
        Require(data, participants);
        return Deal(Shuffled(data, random), EqualSizes(data.Rows, participants));
    }

    /// <summary>Equal sizes; each participant draws its own mixture of classes around that of all rows.</summary>
    /// <param name="data">At least one row per participant.</param>
    /// <param name="participants">Positive.</param>
    /// <param name="alpha">Concentration, positive: 100 is nearly IID, 0.1 leaves one or two classes each.</param>
    /// <param name="random">Draws mixtures and rows.</param>
    /// <exception cref="FailureException">INVALID_VALUE: alpha is not positive, no participants, or more than rows.</exception>
    /// <remarks>
    /// Hsu, Qi, Brown 2019: q ~ Dirichlet(α p), then rows are drawn without replacement by class; a class that has run out leaves the
    /// mixture, so the last participants get what remains.
    /// </remarks>
    public static Partition Dirichlet(Dataset data, int participants, double alpha, IRandomSource random)
    {
        Require(data, participants);
        RequirePositive(alpha, "alpha");
        Stack<int>[] pools = [.. data.ClassNames.Select(_ => new Stack<int>())];
        foreach (int row in Shuffled(data, random)) pools[data.Labels[row]].Push(row);
        double[] concentration = [.. pools.Select(pool => alpha * pool.Count / data.Rows)];

        int[] sizes = EqualSizes(data.Rows, participants);
        return Named(sizes.Select(size =>
        {
            double[] mixture = DirichletSampling.Draw(concentration, random);
            return Enumerable.Range(0, size).Select(_ => pools[DirichletSampling.Choose(mixture, pools, random)].Pop()).ToArray();
        }));
    }

    /// <summary>
    /// Sorts by label, cuts into equal shards and deals each participant a few: at most as many classes each, or one more per cut.
    /// </summary>
    /// <param name="data">At least one row per shard.</param>
    /// <param name="participants">Positive.</param>
    /// <param name="shardsEach">Positive; 2 in the paper.</param>
    /// <param name="random">Orders rows within a class, and the shards.</param>
    /// <exception cref="FailureException">INVALID_VALUE: a count is not positive, or there are more shards than rows.</exception>
    /// <remarks>McMahan et al. 2017, section 3.</remarks>
    public static Partition Shards(Dataset data, int participants, int shardsEach, IRandomSource random)
    {
        Require(data, participants);
        long count = (long)participants * Math.Max(shardsEach, 0);
        if (count < 1 || count > data.Rows)
        {
            throw new FailureException(FailureCodes.InvalidValue,
                $"partition.shards is {shardsEach}; allowed: 1 to {data.Rows / participants} for {data.Rows} rows; change the plan.");
        }

        int[] sorted = [.. Shuffled(data, random).OrderBy(row => data.Labels[row])];
        int[][] shards = [.. Deal(sorted, EqualSizes(data.Rows, (int)count)).Rows];
        random.Shuffle(shards.AsSpan());
        return Named(shards.Chunk(shardsEach).Select(mine => mine.SelectMany(rows => rows).ToArray()));
    }

    /// <summary>Uniform samples whose sizes follow a power law: participant k gets a share proportional to k^−exponent.</summary>
    /// <param name="data">At least one row per participant.</param>
    /// <param name="participants">Positive.</param>
    /// <param name="exponent">0 for equal sizes; 1 for Zipf's law; not negative.</param>
    /// <param name="random">Shuffles the rows.</param>
    /// <exception cref="FailureException">INVALID_VALUE: the exponent is negative, no participants, or more than rows.</exception>
    public static Partition PowerLawSizes(Dataset data, int participants, double exponent, IRandomSource random)
    {
        Require(data, participants);
        if (!(exponent >= 0 && double.IsFinite(exponent)))
        {
            throw new FailureException(FailureCodes.InvalidValue,
                FormattableString.Invariant($"partition.exponent is {exponent}; allowed: 0 or more; change the plan."));
        }
        double[] weights = [.. Enumerable.Range(1, participants).Select(k => Math.Pow(k, -exponent))];
        return Deal(Shuffled(data, random), ProportionalSizes(data.Rows, weights));
    }

    /// <summary>Uniform samples whose sizes are drawn from a symmetric Dirichlet distribution.</summary>
    /// <param name="data">At least one row per participant.</param>
    /// <param name="participants">Positive.</param>
    /// <param name="alpha">Concentration, positive: 100 is nearly equal, 0.1 leaves most rows with a few.</param>
    /// <param name="random">Draws sizes and shuffles the rows.</param>
    /// <exception cref="FailureException">INVALID_VALUE: alpha is not positive, no participants, or more than rows.</exception>
    public static Partition DirichletSizes(Dataset data, int participants, double alpha, IRandomSource random)
    {
        Require(data, participants);
        RequirePositive(alpha, "alpha");
        double[] weights = DirichletSampling.Draw([.. Enumerable.Repeat(alpha, participants)], random);
        return Deal(Shuffled(data, random), ProportionalSizes(data.Rows, weights));
    }

    /// <summary>Everybody gets their own rows, in the order of the data set; participants by rising id.</summary>
    /// <param name="data">With participant ids and at least one row.</param>
    /// <exception cref="FailureException">MISSING_FIELD: the data does not say whose rows they are. EMPTY_DATA: no rows.</exception>
    public static Partition Natural(Dataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        int[] ids = data.ParticipantIds ?? throw new FailureException(FailureCodes.MissingField,
            "partition 'natural' needs participant ids; the data has none; name a participant column or choose another partition.");
        if (ids.Length == 0) throw new FailureException(FailureCodes.EmptyData, "the data to partition has 0 rows; give at least one.");
        IGrouping<int, int>[] groups = [.. Enumerable.Range(0, ids.Length).GroupBy(row => ids[row]).OrderBy(group => group.Key)];
        return new Partition(
            [.. groups.Select(group => group.ToArray())],
            [.. groups.Select(group => data.ParticipantNames.GetValueOrDefault(group.Key) ?? group.Key.ToString(CultureInfo.InvariantCulture))]);
    }

    private static int[] Shuffled(Dataset data, IRandomSource random)
    {
        int[] rows = [.. Enumerable.Range(0, data.Rows)];
        random.Shuffle(rows.AsSpan());
        return rows;
    }

    private static Partition Deal(int[] rows, int[] sizes)
    {
        int next = 0;
        return Named(sizes.Select(size => rows[next..(next += size)]));
    }

    private static Partition Named(IEnumerable<int[]> rows)
    {
        ImmutableArray<int[]> dealt = [.. rows];
        return new Partition(dealt, [.. Enumerable.Range(1, dealt.Length).Select(number => number.ToString(CultureInfo.InvariantCulture))]);
    }

    private static int[] EqualSizes(int rows, int parts) =>
        [.. Enumerable.Range(0, parts).Select(part => rows / parts + (part < rows % parts ? 1 : 0))];

    /// <summary>One row each, the rest in proportion to the weights by largest remainder.</summary>
    private static int[] ProportionalSizes(int rows, double[] weights)
    {
        double total = weights.Sum();
        double[] shares = [.. weights.Select(weight => (rows - weights.Length) * weight / total)];
        int[] sizes = [.. shares.Select(share => 1 + (int)share)];
        int[] byRemainder = [.. Enumerable.Range(0, sizes.Length).OrderByDescending(i => shares[i] - Math.Floor(shares[i])).ThenBy(i => i)];
        int rest = rows - sizes.Sum();
        for (int i = 0; i < rest; i++) sizes[byRemainder[i]]++;
        return sizes;
    }

    private static void Require(Dataset data, int participants)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (participants < 1 || participants > data.Rows)
        {
            throw new FailureException(FailureCodes.InvalidValue,
                $"partition.participants is {participants}; allowed: 1 to {data.Rows}, the rows; change the plan.");
        }
    }

    private static void RequirePositive(double value, string field)
    {
        if (!(value > 0 && double.IsFinite(value)))
        {
            throw new FailureException(FailureCodes.InvalidValue,
                FormattableString.Invariant($"partition.{field} is {value}; allowed: a positive number; change the plan."));
        }
    }
}
