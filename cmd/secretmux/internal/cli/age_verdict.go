package cli

import (
	"cmp"
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secretmux/secretmux"
)

// verdict is what age says about a secret.
type verdict string

const (
	verdictOver     verdict = "over"     // older than its maximum
	verdictExpired  verdict = "expired"  // past its expiry date
	verdictWarn     verdict = "warn"     // nearly too old, or its rotation is overdue
	verdictOK       verdict = "ok"       //
	verdictUnknown  verdict = "unknown"  // its age is not known
	verdictDisabled verdict = "disabled" // it can't be read
)

func verdicts() []verdict {
	return []verdict{verdictOver, verdictExpired, verdictWarn, verdictUnknown, verdictDisabled, verdictOK}
}

const (
	day = ageFlag(24 * time.Hour)
	// skew is how far a store's clock may be ahead of ours. A time that is later
	// than that is not used.
	skew = 10 * time.Minute
	// late is how long after its date a rotation counts as overdue: stores rotate
	// within a window of time.
	late = 24 * time.Hour
)

// ageLimits say how old a value may be.
type ageLimits struct {
	most, warn ageFlag
	warnSet    bool
	policies   policiesFlag
}

func (l *ageLimits) check() error {
	if l.warnSet && l.warn >= l.most {
		return usage("--warn must be shorter than --max-age", "write --max-age 90d --warn 60d, for example")
	}
	return nil
}

// of returns the limits of a name.
func (l *ageLimits) of(name string) (most, warn time.Duration) {
	for _, p := range l.policies {
		if p.fits(name) {
			return time.Duration(p.most), time.Duration(p.most) * 2 / 3
		}
	}
	if l.warnSet {
		return time.Duration(l.most), time.Duration(l.warn)
	}
	return time.Duration(l.most), time.Duration(l.most) * 2 / 3
}

// judge gives each secret its verdict. It sorts the secrets: the oldest come first,
// and those of unknown age last.
func (r *ageReport) judge(limits ageLimits, now time.Time) {
	for _, a := range r.secrets {
		a.judge(limits, now)
		r.counts[a.verdict]++
	}
	slices.SortStableFunc(r.secrets, func(a, b *aged) int {
		return cmp.Or(compareBool(a.known, b.known), cmp.Compare(b.age, a.age), strings.Compare(a.info.Name, b.info.Name))
	})
}

func compareBool(first, second bool) int {
	switch {
	case first == second:
		return 0
	case first:
		return -1
	}
	return 1
}

// judge gives the secret its verdict. A secret of unknown age is never ok.
func (a *aged) judge(limits ageLimits, now time.Time) {
	i := a.info
	var warn time.Duration
	a.most, warn = limits.of(i.Name)
	made := i.VersionCreated
	switch {
	case made.IsZero():
		a.reason = cmp.Or(a.why, "the store does not say")
	case made.After(now.Add(skew)):
		a.reason = "its time is in the future: compare the clocks"
	default:
		a.known, a.age = true, max(0, now.Sub(made))
	}
	overdue := !i.NextRotation.IsZero() && now.Sub(i.NextRotation) > late
	switch {
	case i.Enabled != nil && !*i.Enabled:
		a.verdict, a.reason = verdictDisabled, ""
	case !i.Expires.IsZero() && i.Expires.Before(now):
		a.verdict, a.reason = verdictExpired, ""
	case !a.known:
		a.verdict = verdictUnknown
	case a.age > a.most:
		a.verdict, a.reason = verdictOver, "the maximum is "+days(a.most)
	case overdue:
		a.verdict, a.reason = verdictWarn, "its rotation is overdue"
	case a.age > warn:
		a.verdict, a.reason = verdictWarn, "the maximum is "+days(a.most)
	default:
		a.verdict = verdictOK
	}
}

// ageFlag is a duration that may be in days.
type ageFlag time.Duration

func (d *ageFlag) Set(text string) error {
	number, inDays := strings.CutSuffix(text, "d")
	n, err := strconv.Atoi(number)
	parsed := time.Duration(n) * time.Duration(day)
	const most = 36500
	if !inDays || err != nil || n > most {
		parsed, err = time.ParseDuration(text)
	}
	if err != nil || parsed <= 0 {
		return errors.New("it must be days or a duration, such as 90d or 12h")
	}
	*d = ageFlag(parsed)
	return nil
}

func (d *ageFlag) String() string {
	if *d == 0 {
		return ""
	}
	return days(time.Duration(*d))
}

// Type returns the word that help shows for the value.
func (d *ageFlag) Type() string { return "age" }

// days writes whole days as days.
func days(d time.Duration) string {
	if d%time.Duration(day) == 0 {
		return strconv.Itoa(int(d/time.Duration(day))) + "d"
	}
	return short(d)
}

// agePolicy is a maximum for the names that fit a pattern.
type agePolicy struct {
	pattern string
	most    ageFlag
}

// fits matches like path.Match. A pattern that ends in ** fits all names that begin
// with the rest of it.
func (p agePolicy) fits(name string) bool {
	if folder, deep := strings.CutSuffix(p.pattern, "**"); deep {
		return strings.HasPrefix(name, folder)
	}
	ok, _ := path.Match(p.pattern, name)
	return ok
}

type policiesFlag []agePolicy

func (f *policiesFlag) Set(text string) error {
	i := strings.LastIndexByte(text, '=')
	if i < 1 {
		return errors.New("it must be a pattern and an age, such as db/*=30d")
	}
	p := agePolicy{pattern: text[:i]}
	if _, err := path.Match(strings.TrimSuffix(p.pattern, "**"), ""); err != nil {
		return errors.New("the pattern is malformed: write one such as db/*")
	}
	if err := p.most.Set(text[i+1:]); err != nil {
		return err
	}
	*f = append(*f, p)
	return nil
}

func (f *policiesFlag) String() string { return "" }

// Type returns the word that help shows for the value.
func (f *policiesFlag) Type() string { return "pattern=age" }

// needs says why a store did not describe a secret. Mostly a permission is missing,
// and the provider's hint names it.
func needs(err error) string {
	class := secretmux.ClassOf(err)
	_, permission, named := strings.Cut(hintOf(err), "lacks ")
	switch {
	case errors.Is(class, secretmux.ErrDenied) && named:
		permission, _, _ = strings.Cut(permission, ";")
		permission, _, _ = strings.Cut(permission, ", or ")
		return "needs " + permission
	case errors.Is(class, errors.ErrUnsupported):
		return "the store does not say"
	}
	return classText(err)
}
