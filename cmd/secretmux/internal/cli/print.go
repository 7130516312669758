package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// table writes rows in columns. The first row is the header.
func (s *session) table(rows [][]string) error {
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		if _, err := fmt.Fprintln(w, strings.Join(printable(row), "\t")); err != nil {
			return err
		}
	}
	return w.Flush()
}

// printable removes characters that would break a table or a terminal. Names come
// from a store, and an attacker who can write there could use escape sequences.
func printable(row []string) []string {
	clean := make([]string, len(row))
	for i, cell := range row {
		clean[i] = strings.Map(func(r rune) rune {
			if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
				return '?'
			}
			return r
		}, cell)
	}
	return clean
}

// printJSON writes one value as indented JSON.
func (s *session) printJSON(value any) error { return encode(s.Out, value) }

func encode(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

// timeText returns a time for a table. It is empty if the time is not known.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// jsonTime returns a time for JSON output. It is nil if the time is not known,
// which leaves the field out.
func jsonTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// jsonSeconds returns a duration for JSON output, rounded to a millisecond.
func jsonSeconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }

// short writes a duration in two units at most, as people say it.
func short(d time.Duration) string {
	const day = 24 * time.Hour
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	two := func(unit time.Duration, name string, below time.Duration, belowName string) string {
		text := fmt.Sprintf("%s%d%s", sign, d/unit, name)
		if rest := d % unit / below; rest > 0 {
			text += fmt.Sprintf("%d%s", rest, belowName)
		}
		return text
	}
	switch {
	case d >= day:
		return two(day, "d", time.Hour, "h")
	case d >= time.Hour:
		return two(time.Hour, "h", time.Minute, "m")
	case d >= time.Minute:
		return two(time.Minute, "m", time.Second, "s")
	case d >= time.Second:
		return sign + d.Round(100*time.Millisecond).String()
	default:
		return sign + d.Round(10*time.Microsecond).String()
	}
}

// ageOf returns how long ago t was. If the clock of t is ahead of ours, the age is
// 0, not negative.
func ageOf(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return short(max(0, time.Since(t)))
}
