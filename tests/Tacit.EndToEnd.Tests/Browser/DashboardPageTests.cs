using Tacit.Coordination.Access;
using Tacit.Coordination.Jobs;
using Tacit.EndToEnd.Tests.Federation;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.EndToEnd.Tests.Browser;

/// <summary>What holds for every page: who may open it, keys, sizes, colours, and connections that break.</summary>
[Collection(BrowserTests.Name)]
public sealed class DashboardPageTests(Chromium browser, ITestOutputHelper output)
{
    private static readonly string[] places = ["/", "/participants", "/receipts", "/compare", "/admin", "/about"];

    [Fact]
    public async Task Without_a_session_every_page_says_how_to_get_one()
    {
        if (browser.IsAbsent(output)) return;
        await using Stage stage = await Stage.SetAsync();
        await using BrowserPage page = await browser.OpenAsync(stage.Address);
        page.Expected.Add("401");

        foreach (string place in places)
        {
            await page.GoAsync(place);
            await page.UntilTextAsync("Access refused");
            Assert.Contains("Open the link that the coordinator printed", await page.TextAsync("main"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_link_works_once_and_leaves_the_address()
    {
        if (browser.IsAbsent(output)) return;
        await using Stage stage = await Stage.SetAsync();
        string link = stage.LinkFor(Role.Viewer);
        await using BrowserPage first = await browser.OpenAsync(stage.Address);
        await using BrowserPage second = await browser.OpenAsync(stage.Address);
        second.Expected.Add("403");

        await first.GoAsync(link);
        await first.UntilAsync("document.querySelector('#role').textContent === 'viewer'");
        await second.GoAsync(link);

        Assert.Equal("/", (await first.EvaluateAsync("location.pathname + location.search")).GetString());
        Assert.Equal("", (await first.EvaluateAsync("document.cookie")).GetString());
        await second.UntilTextAsync("This link was used already");
    }

    [Fact]
    public async Task Keys_go_everywhere_and_the_first_stop_is_the_way_to_the_content()
    {
        if (browser.IsAbsent(output)) return;
        TrainingPlan plan = Given.Plan();
        await using Stage stage = await Stage.SetAsync();
        JobReport job = await stage.Server.Jobs.SubmitAsync(Given.Job(plan, Given.Data(plan)), "tester");
        await using BrowserPage page = await stage.PageAsync(browser);
        await page.UntilAsync("document.querySelector('.run')");

        await page.PressAsync("Tab");
        Assert.Equal("Skip to the content", (await page.EvaluateAsync("document.activeElement.innerText")).GetString());
        Assert.NotEqual("none", (await page.EvaluateAsync("getComputedStyle(document.activeElement).outlineStyle")).GetString());
        await page.PressAsync("?");
        await page.UntilAsync("document.querySelector('dialog').open");
        await page.PressAsync("Escape");
        await page.UntilAsync("!document.querySelector('dialog').open");
        foreach ((string key, string place) in ((string, string)[])[("p", "/participants"), ("e", "/receipts"), ("c", "/compare"), ("a", "/admin"), ("h", "/about"), ("r", "/")])
        {
            await page.PressAsync("g");
            await page.PressAsync(key);
            await page.UntilAsync($"location.pathname === '{place}' && document.querySelector('h1')");
        }

        await page.UntilAsync("document.querySelector('.run')");
        await page.PressAsync("j");
        await page.PressAsync("Enter");
        await page.UntilAsync($"location.pathname === '/runs/{job.Id}' && document.querySelector('h1')");
        await page.PressAsync("Escape");
        await page.UntilAsync("location.pathname === '/'");
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/runs/%E0")]
    public async Task An_address_that_is_none_stays_one_whatever_changes(string path)
    {
        if (browser.IsAbsent(output)) return;
        TrainingPlan plan = Given.Plan();
        await using Stage stage = await Stage.SetAsync();
        await using BrowserPage page = await stage.PageAsync(browser);
        await page.EvaluateAsync($"history.pushState(null, '', '{path}'); dispatchEvent(new PopStateEvent('popstate'))");
        await page.UntilTextAsync("Not here");

        await stage.Server.Jobs.SubmitAsync(Given.Job(plan, Given.Data(plan)), "tester");
        await Task.Delay(1500);

        Assert.Contains("Not here", await page.TextAsync("main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Letters_can_be_taken_away_as_shortcuts()
    {
        if (browser.IsAbsent(output)) return;
        await using Stage stage = await Stage.SetAsync();
        await using BrowserPage page = await stage.PageAsync(browser);
        await page.PressAsync("?");
        await page.UntilAsync("document.querySelector('dialog').open");
        await page.EvaluateAsync("document.querySelector('dialog input').click()");
        await page.PressAsync("Escape");
        await page.UntilAsync("!document.querySelector('dialog').open");

        await page.PressAsync("g");
        await page.PressAsync("p");
        await page.PressAsync("?");

        Assert.Equal("/ false", (await page.EvaluateAsync("location.pathname + ' ' + document.querySelector('dialog').open")).GetString());
    }

    [Fact]
    public async Task After_a_restart_the_rows_of_rounds_are_kept_and_asking_for_a_timeline_says_that_it_is_not()
    {
        if (browser.IsAbsent(output)) return;
        TrainingPlan plan = Given.Plan("rounds=2");
        TrainTestSplit data = Given.Data(plan);
        await using Stage stage = await Stage.SetAsync();
        stage.Join(plan, data, 6);
        JobReport job = await stage.Server.Jobs.SubmitAsync(Given.Job(plan, data), "tester");
        await stage.Server.Jobs.EndAsync(job.Id);
        await stage.Server.DisposeAsync();
        stage.Server = await stage.StartAsync(null);
        await using BrowserPage page = await stage.PageAsync(browser, path: $"/runs/{job.Id}");
        page.Expected.Add("404");
        await page.UntilAsync("document.querySelectorAll('table.rounds button').length === 2");

        await page.EvaluateAsync("document.querySelector('table.rounds button').click()");

        await page.UntilTextAsync("its timeline is not");
        Assert.True(await page.IsAsync("document.querySelectorAll('table.rounds button').length === 2"));
    }

    [Fact]
    public async Task A_phone_is_wide_enough_and_dark_is_dark()
    {
        if (browser.IsAbsent(output)) return;
        TrainingPlan plan = Given.Plan("rounds=2");
        TrainTestSplit data = Given.Data(plan);
        await using Stage stage = await Stage.SetAsync();
        stage.Join(plan, data, 6);
        JobReport job = await stage.Server.Jobs.SubmitAsync(Given.Job(plan, data), "tester");
        await stage.Server.Jobs.EndAsync(job.Id);
        await using BrowserPage page = await stage.PageAsync(browser);

        await page.ResizeAsync(390, 844, phone: true);
        foreach (string place in (string[])[.. places, $"/runs/{job.Id}", $"/runs/{job.Id}/sees", $"/compare?run={job.Id}"])
        {
            await page.GoAsync(place);
            await page.UntilAsync("document.querySelector('h1')");
            Assert.Equal((place, 390), (place, (await page.EvaluateAsync("document.documentElement.scrollWidth")).GetInt32()));
        }

        await page.PreferAsync("light");
        Assert.True(await LightnessAsync(page) > 200);
        await page.PreferAsync("dark");
        Assert.True(await LightnessAsync(page) < 60);
        await page.ClickAsync("#theme");
        Assert.True(await LightnessAsync(page) > 200);
        await page.GoAsync("/");
        Assert.True(await LightnessAsync(page) > 200, "the choice is remembered");

        static async Task<double> LightnessAsync(BrowserPage page) => (await page.EvaluateAsync("Math.max(...getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number))")).GetDouble();
    }

    [Fact]
    public async Task Questions_that_nobody_answers_are_not_called_answers_every_three_seconds()
    {
        if (browser.IsAbsent(output)) return;
        await using Stage stage = await Stage.SetAsync();
        await using BrowserPage page = await stage.PageAsync(browser);
        page.Expected.AddRange(["ERR_CONNECTION", "ERR_INCOMPLETE", "ERR_HTTP2", "ERR_NETWORK", "ERR_EMPTY"]);
        await page.EvaluateAsync("window.said = new Set(); new MutationObserver(() => said.add(document.querySelector('#live').textContent)).observe(document.querySelector('#live'), { childList: true, characterData: true, subtree: true }); window.fetch = () => new Promise(() => {}); 0");

        await stage.Server.DisposeAsync();
        await page.UntilAsync("document.querySelector('#live').classList.contains('reconnecting')");
        await Task.Delay(TimeSpan.FromSeconds(10));

        string said = (await page.EvaluateAsync("[...said].join()")).GetString()!;
        stage.Server = await stage.StartAsync(null);   // the stage ends with one
        Assert.Equal("reconnecting …", said);
    }

    [Fact]
    public async Task A_coordinator_that_goes_away_and_comes_back_is_noticed()
    {
        if (browser.IsAbsent(output)) return;
        await using Stage stage = await Stage.SetAsync();
        await using BrowserPage page = await stage.PageAsync(browser);
        page.Expected.AddRange(["ERR_CONNECTION", "ERR_INCOMPLETE", "ERR_HTTP2", "ERR_NETWORK", "401", "ERR_EMPTY"]);
        int port = stage.Address.Port;

        await stage.Server.DisposeAsync();
        await page.UntilAsync("document.querySelector('#live').classList.contains('reconnecting')");
        stage.Server = await stage.StartAsync(options => options.Port = port);

        await page.UntilTextAsync("Access refused");   // sessions ended with the process that gave them
    }
}
