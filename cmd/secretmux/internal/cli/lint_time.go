package cli

import (
	"fmt"
	"time"

	"github.com/secretmux/secretmux"
)

// The rules about time and money.

// The library's defaults, for a link that does not set them.
const (
	defaultTTL     = 5 * time.Minute
	defaultTimeout = 10 * time.Second
	month          = 30 * 24 * time.Hour
)

// durationOf returns a parameter of a link. ParseConfig has already refused
// malformed ones.
func durationOf(u *secretmux.URI, key string, otherwise time.Duration) time.Duration {
	text, ok := u.Param(key)
	d, err := time.ParseDuration(text)
	if !ok || err != nil {
		return otherwise
	}
	return d
}

// priceOf10000 returns the vendor's list price of 10,000 reads in USD: see
// docs/backends. Reads of Parameter Store, Vault and files are free.
func priceOf10000(scheme string) float64 {
	switch scheme {
	case "aws-sm":
		return 0.05
	case "gcp-sm", "azure-kv":
		return 0.03
	}
	return 0
}

// cost is L05.
func cost(o *lintOptions, links []secretmux.ConfigLink) []hit {
	var hits []hit
	for i, link := range links {
		price, ttl := priceOf10000(link.URI.Scheme), durationOf(link.URI, "ttl", defaultTTL)
		switch {
		case price == 0:
		case ttl == 0:
			hits = append(hits, hit{link: i + 1, text: "ttl=0: every Get is a call that costs money"})
		default:
			usd := float64(o.references) * float64(month) / float64(ttl) * price / 10_000
			if usd > o.budget {
				hits = append(hits, hit{link: i + 1, text: fmt.Sprintf(
					"%d references with ttl=%s cost up to %.2f USD a month for each process, which is over --budget", o.references, short(ttl), usd)})
			}
		}
	}
	return hits
}

// quotaOf returns how many reads a second an account may make by default: see
// docs/backends. It returns 0 if the vendor documents no number.
func quotaOf(scheme string) float64 {
	switch scheme {
	case "aws-sm":
		return 10_000
	case "aws-ps":
		return 40
	}
	return 0
}

// quota is L06.
func quota(o *lintOptions, links []secretmux.ConfigLink) []hit {
	var hits []hit
	for i, link := range links {
		limit, ttl := quotaOf(link.URI.Scheme), durationOf(link.URI, "ttl", defaultTTL)
		if limit == 0 || ttl == 0 {
			continue
		}
		if rate := float64(o.references) / ttl.Seconds(); rate > limit/2 {
			hits = append(hits, hit{link: i + 1, text: fmt.Sprintf(
				"%d references with ttl=%s make up to %.0f reads a second, but the quota of the whole account is %.0f", o.references, short(ttl), rate, limit)})
		}
	}
	return hits
}

// outlivesOverlap is L07.
func outlivesOverlap(o *lintOptions, links []secretmux.ConfigLink) []hit {
	if o.overlap == 0 {
		return nil
	}
	var hits []hit
	for i, link := range links {
		kept := durationOf(link.URI, "ttl", defaultTTL) + durationOf(link.URI, "stale", 0)
		if kept > time.Duration(o.overlap) {
			hits = append(hits, hit{link: i + 1, text: "ttl and stale together are " + short(kept) +
				", but an old value works only for " + short(time.Duration(o.overlap)) + " after a rotation"})
		}
	}
	return hits
}

// longStale is L08.
func longStale(u *secretmux.URI) string {
	if stale := durationOf(u, "stale", 0); stale > 24*time.Hour {
		return "stale=" + short(stale) + ": a revoked secret stays in use that long while the store is down"
	}
	return ""
}

// slowStart is L12. The environment takes no time.
func slowStart(o *lintOptions, links []secretmux.ConfigLink) []hit {
	var sum time.Duration
	for _, link := range links {
		if link.URI.Scheme != "env" {
			sum += durationOf(link.URI, "timeout", defaultTimeout)
		}
	}
	if sum <= o.startupBudget {
		return nil
	}
	return []hit{{text: "a start may wait for all links for " + short(sum) + ", which is over --startup-budget " + short(o.startupBudget)}}
}
