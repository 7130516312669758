package cli

import (
	"slices"
	"time"
)

// ageJSON is the output of age --json.
type ageJSON struct {
	LookedAt int          `json:"looked_at"`
	Over     int          `json:"over"`
	Expired  int          `json:"expired"`
	Warn     int          `json:"warn"`
	OK       int          `json:"ok"`
	Unknown  int          `json:"unknown"`
	Disabled int          `json:"disabled"`
	Unseen   []unread     `json:"unseen"`
	Secrets  []agedSecret `json:"secrets"`
}

type agedSecret struct {
	Name    string `json:"name"`
	Source  string `json:"source"`
	Version string `json:"version,omitempty"`
	// ValueCreated and AgeSeconds are left out if the age is unknown.
	ValueCreated  *time.Time `json:"value_created,omitempty"`
	AgeSeconds    *int64     `json:"age_seconds,omitempty"`
	MaxAgeSeconds int64      `json:"max_age_seconds"`
	LastRotated   *time.Time `json:"last_rotated,omitempty"`
	NextRotation  *time.Time `json:"next_rotation,omitempty"`
	Expires       *time.Time `json:"expires,omitempty"`
	LastRead      *time.Time `json:"last_read,omitempty"`
	Enabled       *bool      `json:"enabled,omitempty"`
	Verdict       verdict    `json:"verdict"`
	Reason        string     `json:"reason,omitempty"`
}

func (s *session) printAge(r *ageReport, limits ageLimits) error {
	if s.json {
		return s.printJSON(r.json())
	}
	if len(r.secrets) > 0 {
		if err := s.table(r.table(time.Now())); err != nil {
			return err
		}
	}
	for _, u := range r.unseen {
		text := "not looked at: " + u.Source + " (" + u.Class
		if u.Hint != "" {
			text += ": " + u.Hint
		}
		s.say(text + ")")
	}
	limits.policies = nil
	most, warn := limits.of("")
	s.say(r.summary() + "; the maximum is " + days(most) + ", warned from " + days(warn))
	return nil
}

// table returns the rows. It has the column LAST READ only if a store tells that
// time.
func (r *ageReport) table(now time.Time) [][]string {
	read := slices.ContainsFunc(r.secrets, func(a *aged) bool { return !a.info.LastRead.IsZero() })
	head := []string{"NAME", "SOURCE", "VALUE AGE", "LAST ROTATED", "NEXT", "EXPIRES", "VERDICT"}
	if read {
		head = slices.Insert(head, len(head)-1, "LAST READ")
	}
	rows := [][]string{head}
	for _, a := range r.secrets {
		age, verdict := "unknown", string(a.verdict)
		if a.known {
			age = short(a.age)
		}
		if a.reason != "" {
			verdict += ": " + a.reason
		}
		row := []string{a.info.Name, a.info.Source, age, ago(now, a.info.LastRotated), until(now, a.info.NextRotation), until(now, a.info.Expires)}
		if read {
			row = append(row, ago(now, a.info.LastRead))
		}
		rows = append(rows, append(row, verdict))
	}
	return rows
}

// ago and until write a time, or - if the store does not tell it.
func ago(now, t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return short(max(0, now.Sub(t))) + " ago"
}

func until(now, t time.Time) string {
	switch {
	case t.IsZero():
		return "-"
	case t.Before(now):
		return ago(now, t)
	}
	return "in " + short(t.Sub(now))
}

func (r *ageReport) json() ageJSON {
	out := ageJSON{
		LookedAt: len(r.secrets), Over: r.counts[verdictOver], Expired: r.counts[verdictExpired], Warn: r.counts[verdictWarn],
		OK: r.counts[verdictOK], Unknown: r.counts[verdictUnknown], Disabled: r.counts[verdictDisabled],
		Unseen: append([]unread{}, r.unseen...), Secrets: []agedSecret{},
	}
	for _, a := range r.secrets {
		one := agedSecret{
			Name: a.info.Name, Source: a.info.Source, Version: a.info.Version, MaxAgeSeconds: int64(a.most.Seconds()),
			LastRotated: jsonTime(a.info.LastRotated), NextRotation: jsonTime(a.info.NextRotation), Expires: jsonTime(a.info.Expires),
			LastRead: jsonTime(a.info.LastRead), Enabled: a.info.Enabled, Verdict: a.verdict, Reason: a.reason,
		}
		if a.known {
			seconds := int64(a.age.Seconds())
			one.ValueCreated, one.AgeSeconds = jsonTime(a.info.VersionCreated), &seconds
		}
		out.Secrets = append(out.Secrets, one)
	}
	return out
}
