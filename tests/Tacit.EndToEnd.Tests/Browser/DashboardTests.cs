using System.Text.Json;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination.Access;
using Tacit.Coordination.Jobs;
using Tacit.EndToEnd.Tests.Federation;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Participation;
using Tacit.Storage.Jobs;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.EndToEnd.Tests.Browser;

/// <summary>The dashboard in a real browser, against a real coordinator with real participants.</summary>
[Collection(BrowserTests.Name)]
public sealed class DashboardTests(Chromium browser, ITestOutputHelper output)
{
    [Fact]
    public async Task Rounds_arrive_without_loading_the_page_again()
    {
        if (browser.IsAbsent(output)) return;
        TrainingPlan plan = Given.Plan("rounds=3");
        TrainTestSplit data = Given.Data(plan);
        await using Stage stage = await Stage.SetAsync();
        await using BrowserPage page = await stage.PageAsync(browser);
        await page.UntilTextAsync("No job yet");
        await page.EvaluateAsync("window.sameDocument = true");

        JobReport job = await stage.Server.Jobs.SubmitAsync(Given.Job(plan, data), "tester");
        await page.UntilTextAsync("waiting for participants: need 6, have 0");
        stage.Join(plan, data, 6);
        await page.ClickAsync("a.name");
        await page.UntilAsync("location.pathname.startsWith('/runs/small-')");
        await stage.Server.Jobs.EndAsync(job.Id);

        await page.UntilAsync("document.querySelector('h1 .pill').innerText === 'finished'");
        await page.UntilAsync("document.querySelectorAll('table.rounds tbody tr').length === 3");
        Assert.Equal(["3", "2", "1"], await StringsAsync(page, "[...document.querySelectorAll('table.rounds tbody td:first-child')].map(td => td.innerText.trim())"));
        Assert.Equal(3, (await page.EvaluateAsync("document.querySelector('.chart .line').getAttribute('points').split(' ').length")).GetInt32());
        Assert.True(await page.IsAsync("window.sameDocument"));
    }

    [Fact]
    public async Task The_timeline_shows_who_dropped_out_where_and_that_the_sum_was_saved()
    {
        if (browser.IsAbsent(output)) return;
        TrainingPlan plan = Given.Plan("rounds=1");
        TrainTestSplit data = Given.Data(plan);
        await using Stage stage = await Stage.SetAsync();
        string lost = "";
        stage.Arrived = (message, name) =>
        {
            if (lost.Length > 0 || message.Phase != Phase.ShareKeys) return;
            lost = name;
            stage.Lose(name);
            stage.Hold();
        };
        stage.Join(plan, data, 6);
        JobReport job = await stage.Server.Jobs.SubmitAsync(Given.Job(plan, data), "tester");
        await using BrowserPage page = await stage.PageAsync(browser, path: $"/runs/{job.Id}");

        await page.UntilAsync("document.querySelectorAll('.timeline tbody tr').length === 6 && document.querySelector('.timeline .now')");
        Assert.Contains("/6", await page.TextAsync(".timeline .now"), StringComparison.Ordinal);
        stage.Release();
        await stage.Server.Jobs.EndAsync(job.Id);

        await page.UntilAsync("document.querySelector('.timeline tr.dropped td.note').innerText.includes('masks removed')");
        Assert.Equal(lost, await page.TextAsync(".timeline tr.dropped th"));
        Assert.Equal([true, true, true, false, false, false], (await page.EvaluateAsync("[...document.querySelectorAll('.timeline tr.dropped .cell')].map(cell => cell.classList.contains('got'))")).EnumerateArray().Select(got => got.GetBoolean()));
        Assert.Equal(5, (await page.EvaluateAsync("document.querySelectorAll('.timeline tbody tr:not(.dropped) .cell:last-of-type.got, .timeline tbody tr:not(.dropped) .cell:nth-of-type(6).got').length")).GetInt32());
    }

    [Fact]
    public async Task A_failing_run_shows_its_code_the_reason_and_a_way_out()
    {
        if (browser.IsAbsent(output)) return;
        TrainingPlan plan = Given.Plan();
        await using Stage stage = await Stage.SetAsync(options => options.JoinTimeout = TimeSpan.FromMilliseconds(300));
        await using BrowserPage page = await stage.PageAsync(browser);

        JobReport job = await stage.Server.Jobs.SubmitAsync(Given.Job(plan, Given.Data(plan)), "tester");
        await page.UntilAsync("document.querySelector('.run.failed .why')?.innerText.includes('TOO_FEW_PARTICIPANTS')");
        await page.ClickAsync("a.name");

        await page.UntilAsync("document.querySelector('.failure')");
        string failure = await page.TextAsync(".failure");
        Assert.Contains("TOO_FEW_PARTICIPANTS", failure, StringComparison.Ordinal);
        Assert.Contains("need 6 participants, have 0", failure, StringComparison.Ordinal);
        Assert.Contains("Way out: Start more participants", failure, StringComparison.Ordinal);
        Assert.Contains("tacit explain TOO_FEW_PARTICIPANTS", failure, StringComparison.Ordinal);
        Assert.Equal(JobState.Failed, stage.Server.Jobs.Find(job.Id)!.State);
    }

    [Fact]
    public async Task A_participant_that_declines_is_shown_with_its_reason()
    {
        if (browser.IsAbsent(output)) return;
        TrainingPlan plan = Given.Plan("rounds=1");
        TrainTestSplit data = Given.Data(plan);
        await using Stage stage = await Stage.SetAsync();
        stage.Join(plan, data, 6, i => new ParticipantPolicy { MinimumCohort = i == 0 ? 50 : 4 });
        JobReport job = await stage.Server.Jobs.SubmitAsync(Given.Job(plan, data), "tester");
        await stage.Server.Jobs.EndAsync(job.Id);

        await using BrowserPage page = await stage.PageAsync(browser, path: $"/runs/{job.Id}");

        await page.UntilAsync("document.querySelector('.timeline tr.declined td.note')?.innerText.startsWith('declined: TERMS_REFUSED')");
        Assert.Equal("p1", await page.TextAsync(".timeline tr.declined th"));
        await page.ClickAsync("table.rounds summary");
        Assert.Contains("p1 TERMS_REFUSED", await page.TextAsync("table.rounds tbody"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_stops_and_resumes_a_job_and_a_viewer_cannot()
    {
        if (browser.IsAbsent(output)) return;
        TrainingPlan plan = Given.Plan();
        await using Stage stage = await Stage.SetAsync();
        JobReport job = await stage.Server.Jobs.SubmitAsync(Given.Job(plan, Given.Data(plan)), "tester");
        await using BrowserPage viewer = await stage.PageAsync(browser, Role.Viewer, $"/runs/{job.Id}");
        await using BrowserPage page = await stage.PageAsync(browser, Role.Operator, $"/runs/{job.Id}");

        await viewer.UntilTextAsync("waiting for participants");
        Assert.False(await viewer.IsAsync("document.querySelector('button.danger')"));
        viewer.Expected.Add("403");
        Assert.Equal(403, (await viewer.EvaluateAsync($"fetch('/api/v1/jobs/{job.Id}/stop', {{ method: 'POST', headers: {{ 'x-tacit-request': 'dashboard' }} }}).then(r => r.status)")).GetInt32());
        await page.ClickAsync("button.danger.quiet");
        await page.ClickAsync(".sure button.danger");

        await page.UntilAsync("document.querySelector('h1 .pill').innerText === 'stopped'");
        await viewer.UntilAsync("document.querySelector('h1 .pill').innerText === 'stopped'");
        Assert.Equal(JobState.Stopped, stage.Server.Jobs.Find(job.Id)!.State);
        Assert.False(await viewer.IsAsync("document.querySelector('button.resume')"));
        await page.ClickAsync("button.resume");
        await viewer.UntilAsync("document.querySelector('h1 .pill').innerText === 'running'");
    }

    [Fact]
    public async Task The_slider_turns_red_at_the_threshold_of_the_terms()
    {
        if (browser.IsAbsent(output)) return;
        TrainingPlan plan = Given.Plan("rounds=1");
        TrainTestSplit data = Given.Data(plan);
        await using Stage stage = await Stage.SetAsync();
        stage.Join(plan, data, 6);
        JobReport job = await stage.Server.Jobs.SubmitAsync(Given.Job(plan, data), "tester");
        await stage.Server.Jobs.EndAsync(job.Id);
        await using BrowserPage page = await stage.PageAsync(browser, path: $"/runs/{job.Id}/sees");
        await page.UntilAsync("document.querySelector('.collusion')");

        // Six in a complete graph, two may drop out, so t = 4: the malicious rule 2t > n + k holds up to k = 1.
        string[] states = await StringsAsync(page, "[...document.querySelectorAll('.scale span')].map(level => level.className.split(' ')[0])");
        Assert.Equal(["safe", "safe", "broken", "broken", "broken", "broken", "broken"], states);
        Assert.Equal("safe", await ClassAsync(page));
        await page.EvaluateAsync("document.querySelector('#colluders').focus()");
        foreach (int _ in Enumerable.Range(0, 2)) await page.PressAsync("ArrowRight");
        await page.UntilAsync("document.querySelector('.collusion.broken')");
        Assert.Contains("They can read single inputs", await page.TextAsync(".collusion"), StringComparison.Ordinal);
        Assert.Matches("^([0-9a-f]{2} ){8}…$", await page.TextAsync(".hex"));

        static async Task<string> ClassAsync(BrowserPage page) => (await page.EvaluateAsync("document.querySelector('.collusion').className.split(' ').at(-1)")).GetString()!;
    }

    private static async Task<string[]> StringsAsync(BrowserPage page, string expression) => [.. (await page.EvaluateAsync(expression)).EnumerateArray().Select((JsonElement value) => value.GetString()!)];
}
