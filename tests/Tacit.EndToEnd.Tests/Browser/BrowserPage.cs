using System.Collections.Concurrent;
using System.IO;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Tacit.EndToEnd.Tests.Browser;

/// <summary>One page. When it is closed it has asked nobody but the coordinator and written no error to its console, or the test fails.</summary>
public sealed class BrowserPage(Chromium browser, string context, string session, Uri coordinator) : IAsyncDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> requests = new();
    private readonly ConcurrentQueue<string> errors = new();
    private TaskCompletionSource loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Errors of the console that this test means to cause; parts of their text.</summary>
    public List<string> Expected { get; } = [];

    public async Task GoAsync(string path)
    {
        loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync("Page.navigate", new() { ["url"] = new Uri(coordinator, path).AbsoluteUri });
        await loaded.Task.WaitAsync(patience);
    }

    /// <summary>The value of an expression, as JSON.</summary>
    public async Task<JsonElement> EvaluateAsync(string expression)
    {
        JsonNode answer = await SendAsync("Runtime.evaluate", new() { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        if (answer["exceptionDetails"] is { } problem) throw new InvalidOperationException($"{expression}: {problem["exception"]?["description"] ?? problem["text"]}");
        return answer["result"]?["value"] is { } value ? JsonSerializer.Deserialize<JsonElement>(value.ToJsonString()) : default;
    }

    public async Task<bool> IsAsync(string expression) => (await EvaluateAsync($"Boolean({expression})")).GetBoolean();

    public async Task<string> TextAsync(string selector) => (await EvaluateAsync($"document.querySelector({JsonSerializer.Serialize(selector)})?.innerText ?? ''")).GetString()!;

    /// <summary>Waits until an expression is true: looks whenever the document changes.</summary>
    public async Task UntilAsync(string expression)
    {
        string found = (await EvaluateAsync($$"""
            new Promise(done => {
              const look = () => { try { return Boolean({{expression}}); } catch { return false; } };
              const end = how => { watcher.disconnect(); clearInterval(timer); clearTimeout(limit); done(how); };
              const watcher = new MutationObserver(() => { if (look()) end(""); });
              const timer = setInterval(() => { if (look()) end(""); }, 100);   // sizes and addresses change without a mutation
              const limit = setTimeout(() => end(location.href + " says: " + document.body.innerText), {{(int)patience.TotalMilliseconds - 5000}});
              watcher.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
              if (look()) end("");
            })
            """)).GetString()!;
        Assert.True(found.Length == 0, $"{expression} did not become true; {found}");
    }

    public Task UntilTextAsync(string text) => UntilAsync($"document.body.innerText.includes({JsonSerializer.Serialize(text)})");

    public async Task ClickAsync(string selector)
    {
        string element = $"document.querySelector({JsonSerializer.Serialize(selector)})";
        await UntilAsync($"{element} && ({element}.click(), true)");
    }

    /// <summary>Clicks the button or link with this text.</summary>
    public async Task ClickTextAsync(string text)
    {
        string element = $"[...document.querySelectorAll('button, a, summary')].find(e => e.innerText.trim() === {JsonSerializer.Serialize(text)})";
        await UntilAsync($"{element} && ({element}.click(), true)");
    }

    /// <summary>Presses a key: a character, or a name such as Tab, Enter, Escape, ArrowRight.</summary>
    public async Task PressAsync(string key)
    {
        string? text = key.Length == 1 ? key : key == "Enter" ? "\r" : null;
        int code = key switch { "Tab" => 9, "Enter" => 13, "Escape" => 27, "ArrowLeft" => 37, "ArrowRight" => 39, _ => 0 };
        JsonObject down = new() { ["type"] = text is null ? "rawKeyDown" : "keyDown", ["key"] = key, ["windowsVirtualKeyCode"] = code };
        if (text is not null) down["text"] = text;
        await SendAsync("Input.dispatchKeyEvent", down);
        await SendAsync("Input.dispatchKeyEvent", new() { ["type"] = "keyUp", ["key"] = key, ["windowsVirtualKeyCode"] = code });
    }

    public Task ResizeAsync(int width, int height, bool phone = false) => SendAsync("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = phone ? 2 : 1, ["mobile"] = phone });

    public Task PreferAsync(string scheme) => SendAsync("Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }) });

    public Task AllowAsync(bool online) => SendAsync("Network.emulateNetworkConditions", new() { ["offline"] = !online, ["latency"] = 0, ["downloadThroughput"] = -1, ["uploadThroughput"] = -1 });

    /// <summary>A picture of the whole page.</summary>
    public async Task PictureAsync(string file)
    {
        JsonNode taken = await SendAsync("Page.captureScreenshot", new() { ["format"] = "png", ["captureBeyondViewport"] = true });
        await File.WriteAllBytesAsync(file, Convert.FromBase64String(taken["data"]!.GetValue<string>()));
    }

    public async ValueTask DisposeAsync()
    {
        await browser.CloseAsync(context, session);
        Assert.DoesNotContain(requests, url => !url.StartsWith(coordinator.GetLeftPart(UriPartial.Authority) + "/", StringComparison.Ordinal) && url != "about:blank");
        Assert.DoesNotContain(errors, error => !Expected.Any(part => error.Contains(part, StringComparison.Ordinal)));
    }

    internal async Task PrepareAsync(int width, int height)
    {
        foreach (string domain in (string[])["Page", "Runtime", "Network", "Log"]) await SendAsync($"{domain}.enable", []);
        await SendAsync("Security.setIgnoreCertificateErrors", new() { ["ignore"] = true });
        await ResizeAsync(width, height);
    }

    internal void Heard(string method, JsonNode parameters)
    {
        switch (method)
        {
            case "Page.loadEventFired":
                loaded.TrySetResult();
                break;
            case "Network.requestWillBeSent":
                requests.Enqueue(parameters["request"]!["url"]!.GetValue<string>());
                break;
            case "Runtime.exceptionThrown":
                errors.Enqueue(parameters["exceptionDetails"]!["exception"]?["description"]?.GetValue<string>() ?? parameters.ToJsonString());
                break;
            case "Runtime.consoleAPICalled" when parameters["type"]!.GetValue<string>() is "error" or "warning":
                errors.Enqueue(parameters["args"]!.ToJsonString());
                break;
            case "Log.entryAdded" when parameters["entry"]!["level"]!.GetValue<string>() is "error" or "warning":
                errors.Enqueue($"{parameters["entry"]!["text"]} {parameters["entry"]!["url"]}");
                break;
            default:
                break;
        }
    }

    private Task<JsonNode> SendAsync(string method, JsonObject parameters) => browser.SendAsync(method, parameters, session);
}
