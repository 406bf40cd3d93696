using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;

namespace Tacit.Protocols.SecAgg;

/// <summary>Which thresholds keep the promise (Bonawitz et al. 2017, Theorems 6.3 and 6.5).</summary>
public static class SecAggThresholds
{
    /// <summary>⌊2n/3⌋ + 1: the paper's choice against an active server with fewer than n/3 colluders.</summary>
    /// <param name="participants">n, at least 1.</param>
    public static int Default(int participants) => Math.Min(participants, (2 * participants / 3) + 1);

    /// <summary>The least t of a mode among <paramref name="holders"/> holders of shares, c of them corrupt.</summary>
    /// <param name="mode">Semi-honest: t &gt; c, so that colluders cannot open a mask. Malicious: 2t &gt; n + c, so that no two views reach t.</param>
    /// <param name="holders">n.</param>
    /// <param name="corrupt">c.</param>
    public static int Least(ProtectionMode mode, int holders, int corrupt) =>
        mode == ProtectionMode.Malicious ? ((holders + corrupt) / 2) + 1 : corrupt + 1;

    internal static void ThrowUnlessAllowed(ProtectionTerms protection, int holders)
    {
        int least = Math.Max(Math.Min(2, holders), Least(protection.Mode, holders, protection.MaximumCorrupt));
        if (protection.Threshold >= least && protection.Threshold <= holders) return;

        string rule = protection.Mode == ProtectionMode.Malicious ? "malicious mode needs 2t > n + c" : "semi-honest mode needs t > c and t > 1";
        string wayOut = least > holders
            ? "no threshold does: accept fewer corrupt participants or enlarge the cohort"
            : protection.Mode == ProtectionMode.Malicious ? $"use {least}…{holders}, or semi-honest mode if the coordinator is trusted to follow the protocol" : $"use {least}…{holders}";
        throw new FailureException(
            FailureCodes.ThresholdNotAllowed,
            $"threshold is {protection.Threshold}; {rule} with n = {holders}, c = {protection.MaximumCorrupt}: {wayOut}");
    }

    /// <summary>Refuses numbers of corrupt and dropped participants that make no sense, before a rule is applied to them.</summary>
    internal static void ThrowUnlessSensible(RoundTerms terms)
    {
        ProtectionTerms protection = terms.Protection;
        int n = terms.Cohort.Length;
        if (n < 2) throw new FailureException(FailureCodes.CohortBelowThreshold, $"the cohort has {n} participant; have {n}, need 2: a sum of one input is that input");
        if (!Enum.IsDefined(protection.Mode)) throw new FailureException(FailureCodes.InvalidValue, $"mode is {protection.Mode}; it must be semi-honest or malicious");
        if (protection.MaximumCorrupt < 0 || protection.MaximumCorrupt > n - 2) throw new FailureException(FailureCodes.InvalidValue, $"corrupt participants are {protection.MaximumCorrupt}; they must be in [0, {n - 2}], so that two of {n} are honest: a sum with one honest input is that input to the others");
        if (protection.MaximumDropouts < 0 || protection.MaximumDropouts >= n) throw new FailureException(FailureCodes.InvalidValue, $"drop-outs are {protection.MaximumDropouts}; they must be in [0, {n - 1}]");
    }

    internal static void ThrowUnlessIdentified(RoundTerms terms)
    {
        if (terms.Protection.Mode != ProtectionMode.Malicious) return;
        CohortMember? anonymous = terms.Cohort.FirstOrDefault(member => member.Identity is null);
        if (anonymous is not null) throw new FailureException(FailureCodes.IdentitySignatureInvalid, $"participant {anonymous.Id} has no pinned identity key; malicious mode needs one for everybody");
    }
}
