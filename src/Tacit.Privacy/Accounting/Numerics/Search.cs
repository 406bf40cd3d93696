namespace Tacit.Privacy.Accounting.Numerics;

/// <summary>Roots and minima of functions of one number.</summary>
internal static class Search
{
    /// <summary>Where a rising predicate turns true, between a point where it is false and one where it is true.</summary>
    /// <returns>The upper end: there the predicate was seen true (or assumed, for <paramref name="holds"/> itself).</returns>
    public static double Boundary(Func<double, bool> predicate, double fails, double holds)
    {
        for (int i = 0; i < 200; i++)
        {
            double middle = fails + ((holds - fails) / 2);
            if (middle == fails || middle == holds) break;
            if (predicate(middle)) holds = middle;
            else fails = middle;
        }

        return holds;
    }

    /// <summary>Doubles a positive start until the predicate holds.</summary>
    public static double Grow(Func<double, bool> predicate, double start)
    {
        double value = start;
        while (!predicate(value))
        {
            value *= 2;
            if (!double.IsFinite(value)) throw new ArgumentException("no value satisfies the target");
        }

        return value;
    }

    /// <summary>The argument of the least value of a function with one valley.</summary>
    public static double Minimum(Func<double, double> function, double low, double high, int steps = 90)
    {
        const double Golden = 0.6180339887498949;
        double left = high - (Golden * (high - low)), right = low + (Golden * (high - low)), atLeft = function(left), atRight = function(right);
        for (int i = 0; i < steps && high - low > 1e-14 * Math.Max(Math.Abs(low), Math.Abs(high)); i++)
        {
            if (atLeft <= atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - (Golden * (high - low));
                atLeft = function(left);
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + (Golden * (high - low));
                atRight = function(right);
            }
        }

        return atLeft <= atRight ? left : right;
    }
}
