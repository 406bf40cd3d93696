using System.Globalization;

namespace Tacit.Tests.Attacks;

/// <summary>How long the searches of these tests may take, from the environment.</summary>
internal static class Effort
{
    /// <summary>TACIT_EXHAUSTIVE=1: everything that is enumerable, for as long as it takes.</summary>
    public static bool IsExhaustive => Environment.GetEnvironmentVariable("TACIT_EXHAUSTIVE") == "1";

    /// <summary>TACIT_SCHEDULES: random fault schedules in one run.</summary>
    public static int Schedules =>
        int.TryParse(Environment.GetEnvironmentVariable("TACIT_SCHEDULES"), CultureInfo.InvariantCulture, out int count) ? count : 10_000;
}
