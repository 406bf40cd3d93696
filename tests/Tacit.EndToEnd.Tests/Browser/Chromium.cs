using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using Xunit;

namespace Tacit.EndToEnd.Tests.Browser;

/// <summary>A Chromium without a window, driven by its DevTools protocol; shared by the tests that need one.</summary>
/// <remarks>Without one, tests say so and check nothing; with TACIT_REQUIRE_CHROMIUM=1 they fail.</remarks>
public sealed class Chromium : IAsyncLifetime, IDisposable
{
    private const string RequireVariable = "TACIT_REQUIRE_CHROMIUM";
    private static readonly string[] names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    private static readonly string[] elsewhere = ["/usr/bin", "/usr/local/bin", "/Applications/Google Chrome.app/Contents/MacOS", @"C:\Program Files\Google\Chrome\Application"];

    private readonly string profile = Path.Combine(Path.GetTempPath(), $"tacit-chromium-{Guid.NewGuid().ToString("N")[..8]}");
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> answers = new();
    private readonly ConcurrentDictionary<string, Action<string, JsonNode>> listeners = new();
    private readonly ClientWebSocket socket = new();
    private readonly SemaphoreSlim sending = new(1);
    private readonly CancellationTokenSource closing = new();
    private Process? process;
    private int last;

    /// <summary>Why there is no browser; null if there is one.</summary>
    public string? Absence { get; private set; }

    public async Task InitializeAsync()
    {
        if (FindProgram() is not { } program)
        {
            Absence = "Chromium absent (apt-get install chromium): nothing was checked";
            if (Environment.GetEnvironmentVariable(RequireVariable) == "1") throw new InvalidOperationException(Absence);
            return;
        }

        ProcessStartInfo start = new(program) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string argument in (string[])["--headless=new", "--remote-debugging-port=0", $"--user-data-dir={profile}", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-default-browser-check", "--hide-scrollbars"]) start.ArgumentList.Add(argument);
        if (Environment.UserName == "root") start.ArgumentList.Add("--no-sandbox");   // its sandbox refuses root
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        await socket.ConnectAsync(await AddressAsync(), closing.Token);
        _ = Task.Run(ListenAsync);
        _ = process.StandardError.ReadToEndAsync(closing.Token);   // a full pipe would stop it
    }

    /// <summary>Opens an empty page with cookies of its own.</summary>
    public async Task<BrowserPage> OpenAsync(Uri coordinator, int width = 1280, int height = 900)
    {
        string context = (await SendAsync("Target.createBrowserContext", []))["browserContextId"]!.GetValue<string>();
        string target = (await SendAsync("Target.createTarget", new() { ["url"] = "about:blank", ["browserContextId"] = context, ["width"] = width, ["height"] = height }))["targetId"]!.GetValue<string>();
        string session = (await SendAsync("Target.attachToTarget", new() { ["targetId"] = target, ["flatten"] = true }))["sessionId"]!.GetValue<string>();
        BrowserPage page = new(this, context, session, coordinator);
        listeners[session] = page.Heard;
        await page.PrepareAsync(width, height);
        return page;
    }

    internal async Task<JsonNode> SendAsync(string method, JsonObject parameters, string? session = null)
    {
        int id = Interlocked.Increment(ref last);
        TaskCompletionSource<JsonNode> answer = answers[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        JsonObject message = new() { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (session is not null) message["sessionId"] = session;
        await sending.WaitAsync(closing.Token);
        try
        {
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, closing.Token);
        }
        finally
        {
            sending.Release();
        }

        return await answer.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    internal async Task CloseAsync(string context, string session)
    {
        listeners.TryRemove(session, out _);
        await SendAsync("Target.disposeBrowserContext", new() { ["browserContextId"] = context });
    }

    public async Task DisposeAsync()
    {
        if (process is not null)
        {
            await closing.CancelAsync();
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        for (int attempt = 0; attempt < 5 && Directory.Exists(profile); attempt++)
        {
            try
            {
                Directory.Delete(profile, recursive: true);
            }
            catch (IOException)
            {
                // a child of the browser is still writing its profile
            }
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        sending.Dispose();
        closing.Dispose();
    }

    private async Task<Uri> AddressAsync()
    {
        const string Says = "DevTools listening on ";
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (await process!.StandardError.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith(Says, StringComparison.Ordinal)) return new Uri(line[Says.Length..]);
        }

        throw new InvalidOperationException("Chromium ended before it listened");
    }

    private async Task ListenAsync()
    {
        byte[] block = new byte[1 << 16];
        using MemoryStream message = new();
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult received = await socket.ReceiveAsync(block.AsMemory(), closing.Token);
                message.Write(block, 0, received.Count);
                if (!received.EndOfMessage) continue;
                Take(JsonNode.Parse(message.GetBuffer().AsSpan(0, (int)message.Length))!);
                message.SetLength(0);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or WebSocketException)
        {
            foreach (TaskCompletionSource<JsonNode> waiting in answers.Values) waiting.TrySetException(new InvalidOperationException("Chromium has ended", over));
        }
    }

    private void Take(JsonNode message)
    {
        if (message["id"]?.GetValue<int>() is { } id)
        {
            if (!answers.TryRemove(id, out TaskCompletionSource<JsonNode>? waiting)) return;
            if (message["error"] is { } error) waiting.TrySetException(new InvalidOperationException(error["message"]!.GetValue<string>()));
            else waiting.TrySetResult(message["result"]!);
        }
        else if (message["sessionId"]?.GetValue<string>() is { } session && listeners.TryGetValue(session, out Action<string, JsonNode>? listener))
        {
            listener(message["method"]!.GetValue<string>(), message["params"]!);
        }
    }

    private static string? FindProgram() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(elsewhere)
        .SelectMany(folder => names.Append("Google Chrome").Append("chrome").Select(name => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name)))
        .FirstOrDefault(File.Exists);

    /// <summary>Writes why nothing was checked; true if there is no browser.</summary>
    public bool IsAbsent(Xunit.Abstractions.ITestOutputHelper output)
    {
        if (Absence is null) return false;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Absence}"));
        return true;
    }
}

/// <summary>Tests that share the browser run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<Chromium>
{
    public const string Name = "Chromium";
}
