package session

import (
	"regexp"
	"strings"

	"github.com/secretmux/secretmux"
)

var (
	// regionForm is the form of all regions: us-east-1, us-gov-west-1,
	// eusc-de-east-1. The list of regions changes, and the SDK does not know it
	// either.
	regionForm = regexp.MustCompile(`^[a-z]{2,8}(-[a-z]{2,16}){1,3}-[0-9]{1,2}$`)
	// hostLabel is the form of text that the SDK can put into a host name (RFC 1123).
	hostLabel = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	// meant divides a region that lost its dashes, or that has the letter of an
	// availability zone. It accepts only words that AWS itself uses.
	meant = regexp.MustCompile(`^(us|eu|ap|sa|ca|me|af|il|mx|cn|eusc)(gov|iso[b-f]?|de)?` +
		`(northeast|northwest|southeast|southwest|north|south|east|west|central)([1-9])[a-f]?$`)
)

// LikeRegion reports whether s has the form of a region.
func LikeRegion(s string) bool { return regionForm.MatchString(s) }

// CheckRegion returns an ErrInvalid if region does not have the form of a region.
// With an endpoint of its own, the region is only used in the signature, so every
// host label is valid.
func CheckRegion(region string, ownEndpoint bool) error {
	if LikeRegion(region) || ownEndpoint && hostLabel.MatchString(region) {
		return nil
	}
	hint := "write the region as in eu-west-1"
	words := strings.NewReplacer("-", "", "_", "", ".", "", " ", "").Replace(strings.ToLower(region))
	if m := meant.FindStringSubmatch(words); m != nil {
		hint = "did you mean " + strings.ReplaceAll(strings.Join(m[1:], "-"), "--", "-") + "?"
	}
	return secretmux.Invalid("open", "the region does not have the form of an AWS region", hint)
}
