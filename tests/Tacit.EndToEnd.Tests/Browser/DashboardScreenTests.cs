using System.IO;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination.Access;
using Tacit.Coordination.Jobs;
using Tacit.EndToEnd.Tests.Federation;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Participation;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.EndToEnd.Tests.Browser;

/// <summary>Every page with much on it: finished, failed and running jobs, drop-outs and refusals. With TACIT_SCREENS=FOLDER it leaves pictures there.</summary>
[Collection(BrowserTests.Name)]
public sealed class DashboardScreenTests(Chromium browser, ITestOutputHelper output)
{
    private static readonly string[] larger =
    [
        "data.persons=12", "data.windows=60", "model.hidden=[8]", "training.epochs=3", "training.learning-rate=0.1", "cohort.minimum=5", "protection.drop=0.25",
    ];

    private static readonly string[] noised = ["privacy.mechanism=distributed-discrete-gaussian", "privacy.epsilon=60", "privacy.delta=0.01", "privacy.clip=1", "privacy.mini-clients=4"];

    [Fact]
    public async Task No_page_is_wider_than_its_window_however_much_is_on_it()
    {
        if (browser.IsAbsent(output)) return;
        TrainingPlan exact = Given.Plan([.. larger, "name=activity-exact", "rounds=12"]), hidden = Given.Plan([.. larger, .. noised, "name=activity-private", "rounds=12"]);
        TrainingPlan refused = Given.Plan([.. larger, "name=too-small-to-hide-in", "cohort.minimum=4"]), live = Given.Plan([.. larger, .. noised, "name=activity-private", "rounds=20"]);
        TrainTestSplit data = Given.Data(exact);
        await using Stage stage = await Stage.SetAsync();
        stage.Join(exact, data, 12, _ => new ParticipantPolicy { MinimumCohort = 5 }, "clinic-");
        JobReport first = await RunAsync(stage, exact, data, 12);
        for (int i = 1; i <= 12; i++) stage.Lose($"clinic-{i}");
        stage.Join(hidden, data, 12, i => new ParticipantPolicy { MinimumCohort = i == 4 ? 6 : 5 }, "hospital-");
        JobReport second = await RunAsync(stage, hidden, data, 12), third = await RunAsync(stage, refused, data, 12);
        Dictionary<PartyId, Phase> losses = new() { [new PartyId(7)] = Phase.ShareKeys, [new PartyId(11)] = Phase.MaskedInput };
        int round = 0, seen = 0;
        stage.Arrived = (message, name) =>
        {
            if (message.Round.Number != round) (round, seen) = ((int)message.Round.Number, seen + 1);
            if (seen != 9) return;
            if (losses.TryGetValue(message.From, out Phase phase) && message.Phase == phase && losses.Remove(message.From)) stage.Lose(name);
            if (message.Phase == Phase.Unmasking) stage.Hold();
        };
        JobReport fourth = await stage.Server.Jobs.SubmitAsync(Given.Job(live, data, 12), "tester");
        await using BrowserPage page = await stage.PageAsync(browser, Role.Owner, $"/runs/{fourth.Id}");
        await page.UntilAsync("document.querySelectorAll('.timeline tr.dropped').length === 2");

        foreach ((string name, string path, string there) in (IEnumerable<(string, string, string)>)
        [
            ("runs", "/", ".run"), ("run-live", $"/runs/{fourth.Id}", ".timeline"), ("run-finished", $"/runs/{second.Id}", ".rounds"), ("run-failed", $"/runs/{third.Id}", ".failure"),
            ("sees", $"/runs/{second.Id}/sees", ".collusion"), ("participants", "/participants", ".person"), ("receipts", "/receipts", ".stacks"), ("compare", $"/compare?run={first.Id}&run={second.Id}&run={fourth.Id}", ".side"), ("admin", "/admin", "table"), ("about", "/about", ".panel"),
        ])
        {
            await page.GoAsync(path);
            await page.UntilAsync($"document.querySelector('{there}') && document.querySelector('#live').textContent === 'live'");
            foreach ((string look, string scheme, int width, int height) in (IEnumerable<(string, string, int, int)>)[("light", "light", 1280, 800), ("dark", "dark", 1280, 800), ("phone", "light", 390, 844)])
            {
                await page.PreferAsync(scheme);
                await page.ResizeAsync(width, height, phone: width < 500);
                Assert.Equal((name, look, width), (name, look, (await page.EvaluateAsync("document.documentElement.scrollWidth")).GetInt32()));
                if (Environment.GetEnvironmentVariable("TACIT_SCREENS") is { } folder) await page.PictureAsync(Path.Combine(folder, $"{name}-{look}.png"));
            }

            await page.ResizeAsync(1280, 800);
        }

        stage.Release();
    }

    private static async Task<JobReport> RunAsync(Stage stage, TrainingPlan plan, TrainTestSplit data, int participants)
    {
        JobReport job = await stage.Server.Jobs.SubmitAsync(Given.Job(plan, data, participants), "tester");
        return await stage.Server.Jobs.EndAsync(job.Id);
    }
}
