using System.Diagnostics;
using System.Globalization;
using System.Threading;
using Tacit.Storage;

namespace Tacit.EndToEnd.Tests.Storage;

/// <summary>The scenario in a process of its own, which kills itself at a chosen point of persistence.</summary>
internal static class StorageChild
{
    public const string Verb = "storage";

    /// <summary>Arguments: kind, place, and the point to die at, counted from 1; 0 lives and prints how many there were.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        using TestDatabase database = new(arguments[0], arguments[1]);
        int left = int.Parse(arguments[2], CultureInfo.InvariantCulture), points = 0;
        await using ICoordinatorStore store = await database.OpenAsync(Pass);
        await CrashScenario.RunAsync(store, name =>
        {
            Console.Out.WriteLine(name);
            Console.Out.Flush();
        });
        Console.Out.WriteLine($"points {points}");
        return 0;

        void Pass(string point)
        {
            points++;
            if (--left != 0) return;
            using Process self = Process.GetCurrentProcess();
            self.Kill();   // SIGKILL: no handler, no flush
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
