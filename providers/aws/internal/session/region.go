package session

import (
	"regexp"
	"strings"

	"github.com/secretmux/secretmux"
)

var (
	// regionForm is what all regions look like: us-east-1, us-gov-west-1,
	// eusc-de-east-1. Which ones there are changes, and the SDK does not know either.
	regionForm = regexp.MustCompile(`^[a-z]{2,8}(-[a-z]{2,16}){1,3}-[0-9]{1,2}$`)
	// hostLabel is what the SDK can put into a host name (RFC 1123).
	hostLabel = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	// meant takes a region that lost its dashes, or got the letter of an
	// availability zone, apart. All it lets through are words of AWS's own.
	meant = regexp.MustCompile(`^(us|eu|ap|sa|ca|me|af|il|mx|cn|eusc)(gov|iso[b-f]?|de)?` +
		`(northeast|northwest|southeast|southwest|north|south|east|west|central)([1-9])[a-f]?$`)
)

// LikeRegion reports whether s has the form of a region.
func LikeRegion(s string) bool { return regionForm.MatchString(s) }

// CheckRegion returns an ErrInvalid for what no region looks like. Behind an
// endpoint of its own a region is a word to sign with, and any host label will do.
func CheckRegion(region string, ownEndpoint bool) error {
	if LikeRegion(region) || ownEndpoint && hostLabel.MatchString(region) {
		return nil
	}
	hint := "write it as in eu-west-1"
	words := strings.NewReplacer("-", "", "_", "", ".", "", " ", "").Replace(strings.ToLower(region))
	if m := meant.FindStringSubmatch(words); m != nil {
		hint = "did you mean " + strings.ReplaceAll(strings.Join(m[1:], "-"), "--", "-") + "?"
	}
	return secretmux.Invalid("open", "the region does not have the form of an AWS region", hint)
}
