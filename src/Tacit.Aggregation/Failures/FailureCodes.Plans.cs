namespace Tacit.Aggregation.Failures;

public static partial class FailureCodes
{
    /// <summary>A plan has a key that no plan has.</summary>
    public static readonly FailureCode UnknownKey = new("UNKNOWN_KEY");

    /// <summary>A number was expected.</summary>
    public static readonly FailureCode InvalidNumber = new("INVALID_NUMBER");

    /// <summary>A number is infinite or NaN.</summary>
    public static readonly FailureCode NumberNotFinite = new("NUMBER_NOT_FINITE");

    /// <summary>ε is not positive.</summary>
    public static readonly FailureCode InvalidEpsilon = new("INVALID_EPSILON");

    /// <summary>δ is outside [0, 1) or not below 1/n.</summary>
    public static readonly FailureCode DeltaTooLarge = new("DELTA_TOO_LARGE");

    /// <summary>A mechanism's proof does not cover the parameters.</summary>
    public static readonly FailureCode MechanismNotValid = new("MECHANISM_NOT_VALID");

    /// <summary>A noise multiplier is not positive.</summary>
    public static readonly FailureCode InvalidNoise = new("INVALID_NOISE");

    /// <summary>A sampling rate is outside (0, 1].</summary>
    public static readonly FailureCode InvalidSamplingRate = new("INVALID_SAMPLING_RATE");

    /// <summary>The accountant does not account for the way examples are sampled.</summary>
    public static readonly FailureCode AccountantMismatch = new("ACCOUNTANT_MISMATCH");

    /// <summary>A fixed seed would make noise predictable.</summary>
    public static readonly FailureCode InsecureSeed = new("INSECURE_SEED");

    /// <summary>A plan is not well-formed YAML.</summary>
    public static readonly FailureCode ConfigSyntax = new("CONFIG_SYNTAX");

    /// <summary>A plan's file is not there.</summary>
    public static readonly FailureCode ConfigNotFound = new("CONFIG_NOT_FOUND");

    /// <summary>A plan uses aliases, tags or more nesting than any plan needs.</summary>
    public static readonly FailureCode ConfigTooComplex = new("CONFIG_TOO_COMPLEX");

    /// <summary>A plan's file is above the limit.</summary>
    public static readonly FailureCode ConfigTooLarge = new("CONFIG_TOO_LARGE");

    /// <summary>A folder or device was given where a file is needed.</summary>
    public static readonly FailureCode NotAFile = new("NOT_A_FILE");

    /// <summary>A path leads out of the folder it has to stay in.</summary>
    public static readonly FailureCode PathNotAllowed = new("PATH_NOT_ALLOWED");

    /// <summary>A data file is not there.</summary>
    public static readonly FailureCode FileNotFound = new("FILE_NOT_FOUND");

    /// <summary>A file could not be read or written.</summary>
    public static readonly FailureCode FileAccess = new("FILE_ACCESS");

    /// <summary>A value is outside the bounds that were declared for it.</summary>
    public static readonly FailureCode ValueOutOfBounds = new("VALUE_OUT_OF_BOUNDS");

    /// <summary>The command line names a verb that does not exist.</summary>
    public static readonly FailureCode UnknownCommand = new("UNKNOWN_COMMAND");

    /// <summary>The command line has an option that does not exist.</summary>
    public static readonly FailureCode UnknownOption = new("UNKNOWN_OPTION");

    /// <summary>An option has no value, or a required one is missing.</summary>
    public static readonly FailureCode MissingValue = new("MISSING_VALUE");

    /// <summary>A secret was given on the command line, where every user of the machine can read it.</summary>
    public static readonly FailureCode SecretOnCommandLine = new("SECRET_ON_COMMAND_LINE");

    /// <summary>A failure code that was asked about does not exist.</summary>
    public static readonly FailureCode UnknownCode = new("UNKNOWN_CODE");

    /// <summary>The user ended the command.</summary>
    public static readonly FailureCode Interrupted = new("INTERRUPTED");

    /// <summary>A bug: the command ended in a way that nobody thought of.</summary>
    public static readonly FailureCode InternalError = new("INTERNAL_ERROR");
}
