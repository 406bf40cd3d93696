namespace Tacit.Aggregation.Failures;

/// <summary>Codes that data files and models can fail with.</summary>
public static partial class FailureCodes
{
    /// <summary>A CSV row has another number of fields than its header.</summary>
    public static readonly FailureCode CsvFieldCount = new("CSV_FIELD_COUNT");

    /// <summary>A number was expected and something else was found.</summary>
    public static readonly FailureCode NotANumber = new("NOT_A_NUMBER");

    /// <summary>A value is NaN or infinite.</summary>
    public static readonly FailureCode ValueNotFinite = new("VALUE_NOT_FINITE");

    /// <summary>A label is outside the classes of the task.</summary>
    public static readonly FailureCode InvalidLabel = new("INVALID_LABEL");

    /// <summary>An array has an element type that is not read, such as pickled objects.</summary>
    public static readonly FailureCode UnsupportedDtype = new("UNSUPPORTED_DTYPE");

    /// <summary>A file has a layout or version that is not read.</summary>
    public static readonly FailureCode UnsupportedVersion = new("UNSUPPORTED_VERSION");

    /// <summary>A file is not what its format says: truncated, inconsistent or with trailing bytes.</summary>
    public static readonly FailureCode MalformedFile = new("MALFORMED_FILE");

    /// <summary>A file or its decompressed content is above the limit.</summary>
    public static readonly FailureCode TooLarge = new("TOO_LARGE");

    /// <summary>A column, tensor or file that was named is not there.</summary>
    public static readonly FailureCode MissingField = new("MISSING_FIELD");

    /// <summary>A model file's checksum does not match its content.</summary>
    public static readonly FailureCode ChecksumMismatch = new("CHECKSUM_MISMATCH");

    /// <summary>Two shapes that have to agree do not.</summary>
    public static readonly FailureCode ShapeMismatch = new("SHAPE_MISMATCH");

    /// <summary>An option or plan value is outside what is allowed.</summary>
    public static readonly FailureCode InvalidValue = new("INVALID_VALUE");

    /// <summary>There is no data to work with.</summary>
    public static readonly FailureCode EmptyData = new("EMPTY_DATA");

    /// <summary>Local training gave an update with NaN or infinite values.</summary>
    public static readonly FailureCode UpdateNotFinite = new("UPDATE_NOT_FINITE");
}
