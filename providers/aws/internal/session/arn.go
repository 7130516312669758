package session

import (
	"context"
	"strings"

	"github.com/secretmux/secretmux"
)

// ARN is a parsed Amazon Resource Name: arn:partition:service:region:account:resource.
type ARN struct{ Partition, Service, Region, Account, Resource string }

// IsARN reports whether name is meant as an ARN. Neither service allows a ":" in
// names, so no other name starts like this.
func IsARN(name string) bool { return strings.HasPrefix(name, "arn:") }

// ParseARN parses s. It returns false if s is not an ARN.
func ParseARN(s string) (ARN, bool) {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[1] == "" || parts[2] == "" || parts[5] == "" {
		return ARN{}, false
	}
	return ARN{Partition: parts[1], Service: parts[2], Region: parts[3], Account: parts[4], Resource: parts[5]}, true
}

// HintSelectors is for names with the selectors of other tools behind them:
// NAME:KEY:LABEL:ID, or NAME:3.
const HintSelectors = "end the name before the next :, and write #key for a key of a JSON value, or ?version=V for a label, an id or a number"

// SameRegion returns nil if arn is of the region that is called, and an ErrInvalid if
// it is of another: a link calls one region, and the service would look only there.
// If the region is unknown, it returns the error of [Session.Region].
func (s *Session[T]) SameRegion(ctx context.Context, arn ARN) error {
	region, err := s.Region(ctx)
	if err != nil {
		return err
	}
	if arn.Region != region {
		return secretmux.Invalid("get", "the ARN's region is not the link's region",
			"add a link for the ARN's region, as in "+s.config().Scheme+"://REGION/")
	}
	return nil
}
