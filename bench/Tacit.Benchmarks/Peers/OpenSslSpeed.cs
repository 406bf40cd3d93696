using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Tacit.Benchmarks.Peers;

/// <summary>OpenSSL's own benchmark, as a cross-check of our calls of its library.</summary>
internal static class OpenSslSpeed
{
    /// <summary>Bytes a second of AES-128-CTR on 16 KiB blocks, or null without the program.</summary>
    public static double? Aes128Ctr()
    {
        string? line = Run("speed", "-evp", "aes-128-ctr", "-bytes", "16384", "-seconds", "2", "-mr").LastOrDefault(l => l.StartsWith("+F:", StringComparison.Ordinal));
        return line is not null && Parse(line.Split(':')[^1]) is { } rate ? rate : null;
    }

    /// <summary>Agreements a second on P-256, or null without the program.</summary>
    public static double? EcdhP256()
    {
        string? line = Run("speed", "-seconds", "2", "ecdhp256").LastOrDefault(l => l.Contains("nistp256", StringComparison.Ordinal));
        return line is not null && Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1]) is { } rate ? rate : null;
    }

    private static double? Parse(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;

    private static string[] Run(params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output.Split('\n');
        }
        catch (Win32Exception)
        {
            return [];
        }
    }
}
