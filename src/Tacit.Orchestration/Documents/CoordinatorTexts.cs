using System.Collections.Immutable;
using Tacit.Federation.Sessions;

namespace Tacit.Orchestration.Documents;

/// <summary>What the OpenAPI document says of the coordinator's own routes.</summary>
internal static class CoordinatorTexts
{
    private const string Binary = "application/octet-stream";
    private static readonly ImmutableArray<string> json = ["MALFORMED_MESSAGE", "MESSAGE_TOO_LARGE", "SENDER_TOO_SLOW"];
    private static readonly ImmutableArray<string> oneJob = ["UNKNOWN_JOB"];
    private static readonly ImmutableArray<string> oneRound = ["UNKNOWN_ROUND"];
    private static readonly ImmutableArray<string> ownRound = ["UNKNOWN_ROUND", "ROUND_CLOSED"];

    private static readonly Dictionary<string, RouteText> texts = new(StringComparer.Ordinal)
    {
        ["GET /healthz/live"] = new("Whether the process runs."),
        ["GET /healthz/ready"] = new("Whether the coordinator can serve: its database answers, its certificate is good, its audit log is whole.") { Codes = ["NOT_READY"] },
        ["POST /api/v1/challenges"] = new("32 random bytes to sign, good for one answer within a minute.") { Answer = typeof(ChallengeAnswer) },
        ["POST /api/v1/participants"] = new("Joins with a signed challenge, and hands a token out.") { Body = typeof(JoinRequest), Answer = typeof(JoinAnswer), Codes = [.. json, "INVALID_VALUE", "INVALID_PUBLIC_KEY", "IDENTITY_SIGNATURE_INVALID"] },
        ["GET /api/v1/participants"] = new("Everybody that is known, and who is there."),
        ["GET /api/v1/status"] = new("What the coordinator does and what it waits for."),
        ["GET /api/v1/jobs"] = new("All jobs, oldest first."),
        ["POST /api/v1/jobs"] = new("Takes a job in; it runs when its turn comes.") { BodyMedia = "application/json", Status = 202, Codes = [.. json, "INVALID_VALUE", "MISSING_FIELD", "UNKNOWN_KEY", "CONFIG_SYNTAX"] },
        ["GET /api/v1/jobs/{job}"] = new("How a job stands, with all its rounds.") { Codes = oneJob },
        ["POST /api/v1/jobs/{job}/stop"] = new("Stops a job after what it is doing.") { Codes = ["UNKNOWN_JOB", "STORAGE_CONFLICT"] },
        ["POST /api/v1/jobs/{job}/resume"] = new("Lets a stopped job go on.") { Codes = ["UNKNOWN_JOB", "STORAGE_CONFLICT"] },
        ["GET /api/v1/jobs/{job}/model"] = new("The newest released model: float32, little-endian.") { AnswerMedia = Binary, Codes = ["UNKNOWN_JOB", "UNKNOWN_ROUND"] },
        ["GET /api/v1/jobs/{job}/plan"] = new("The plan as its owner wrote it, for participants to agree to.") { AnswerMedia = "application/yaml", Codes = oneJob },
        ["GET /api/v1/jobs/{job}/receipts"] = new("The participant's own receipts, each behind its length in 4 bytes.") { AnswerMedia = Binary, WaitsInVain = true, Query = [("after", "The last round whose receipt the participant has, or 0.", true), ("round", "The round to wait for.", true)], Codes = ["UNKNOWN_JOB", "INVALID_VALUE"] },
        ["GET /api/v1/receipts/key"] = new("The key that receipts are signed with."),
        ["GET /api/v1/rounds"] = new("All rounds of this process."),
        ["GET /api/v1/rounds/{round:long}"] = new("How a round stands.") { Codes = oneRound },
        ["POST /api/v1/invites"] = new("Invites a participant: one secret text, shown once.") { BodyMedia = "application/json", Codes = [.. json, "INVALID_VALUE", "STORAGE_CONFLICT"] },
        ["GET /api/v1/roster"] = new("Everybody that was invited, with state, key and words to compare."),
        ["POST /api/v1/roster/{name}/approve"] = new("Approves a participant whose words were compared.") { BodyMedia = "application/json", Codes = [.. json, "WORDS_DIFFER", "STORAGE_CONFLICT", "INVALID_VALUE"] },
        ["POST /api/v1/roster/{name}/revoke"] = new("Ends a participant's part for good.") { BodyMedia = "application/json", Codes = [.. json, "STORAGE_CONFLICT", "INVALID_VALUE"] },
        ["POST /api/v1/roster/{name}/roles"] = new("Gives a participant other roles.") { BodyMedia = "application/json", Codes = [.. json, "INVALID_VALUE"] },
        ["POST /api/v1/roster/me/rotate"] = new("Takes the participant's next key, signed by the one before.") { BodyMedia = "application/json", Codes = [.. json, "IDENTITY_SIGNATURE_INVALID", "INVALID_PUBLIC_KEY", "STORAGE_CONFLICT"] },
        ["GET /api/v1/tokens"] = new("Tokens of people, without what they consist of."),
        ["POST /api/v1/tokens"] = new("Makes a token with a role; shown once.") { BodyMedia = "application/json", Codes = [.. json, "INVALID_VALUE", "STORAGE_CONFLICT"] },
        ["POST /api/v1/tokens/{name}/revoke"] = new("Ends a token.") { BodyMedia = "application/json", Codes = [.. json, "INVALID_VALUE", "STORAGE_CONFLICT"] },
        ["GET /api/v1/changes"] = new("One event for each change, as server-sent events; what has changed has to be asked for.") { AnswerMedia = "text/event-stream" },
        ["GET /api/v1/views/status"] = new("The dashboard's first page."),
        ["GET /api/v1/views/jobs"] = new("All jobs, as the dashboard shows them."),
        ["GET /api/v1/views/jobs/{job}"] = new("A job with its rounds, as the dashboard shows it.") { Codes = oneJob },
        ["GET /api/v1/views/jobs/{job}/rounds/{round:long}"] = new("A round with its phases and who was when where.") { Codes = ["UNKNOWN_JOB", "UNKNOWN_ROUND"] },
        ["GET /api/v1/views/jobs/{job}/rounds/{round:long}/collusion"] = new("How many have to work together to see one contribution of a round.") { Codes = ["UNKNOWN_JOB", "UNKNOWN_ROUND"] },
        ["GET /api/v1/views/records"] = new("What the database holds, as the dashboard shows it."),
        ["GET /api/v1/views/audit"] = new("The end of the audit log, and whether its chain is whole."),
        ["GET /api/v1/views/receipts"] = new("Receipts, of all or of one participant.") { Query = [("participant", "A name.", false)] },
        ["GET /api/v1/views/receipts/{job}/{round:long}/{name}"] = new("A receipt as it was handed out.") { Codes = ["UNKNOWN_ROUND"] },
        ["GET /api/v1/session"] = new("Who is asking, and what that role may do."),
        ["POST /api/v1/session/links"] = new("A link that opens the dashboard once, with at most the role of whoever asks.") { BodyMedia = "application/json", Codes = [.. json, "INVALID_VALUE", "NOT_ALLOWED"] },
        ["POST /api/v1/session/end"] = new("Ends a browser's session."),
        ["POST /api/v1/presence"] = new("The participant is still there."),
        ["GET /api/v1/offer"] = new("The offer that waits for the participant; held open until there is one.") { AnswerMedia = Binary, WaitsInVain = true },
        ["POST /api/v1/rounds/{round:long}/answer"] = new("Says yes or no to an offer.") { Body = typeof(OfferAnswer), Codes = [.. json, .. ownRound] },
        ["GET /api/v1/rounds/{round:long}/terms"] = new("The terms of a round that the participant is in; held open until there are any.") { AnswerMedia = Binary, WaitsInVain = true, Codes = ownRound },
        ["GET /api/v1/rounds/{round:long}/envelopes"] = new("Envelopes for the participant, each behind its length in 4 bytes; held open until there are any.") { AnswerMedia = Binary, WaitsInVain = true, Query = [("from", "How many envelopes of the round the participant has.", true)], Codes = [.. ownRound, "INVALID_VALUE"] },
        ["POST /api/v1/rounds/{round:long}/envelopes/{phase}"] = new("Envelopes of the participant, of one phase, each behind its length in 4 bytes.") { BodyMedia = Binary, Codes = [.. ownRound, "INVALID_VALUE", "MALFORMED_MESSAGE", "UNSUPPORTED_VERSION", "UNKNOWN_PARTY", "MESSAGE_TOO_LARGE", "SENDER_TOO_SLOW"] },
    };

    public static RouteText? Find(string method, string pattern) => texts.GetValueOrDefault($"{method} {(pattern.StartsWith('/') ? pattern : "/" + pattern)}");
}
