package session

import (
	"errors"
	"net/url"
	"regexp"
	"strings"

	"github.com/secretmux/secretmux"
)

// FromURI returns o with what a link says: the authority or region= is the
// Region, the path without its first "/" is the Prefix, and profile=, role=,
// external_id=, endpoint= and fips= are the fields of these names. All mistakes
// are ErrInvalid and are reported at once.
func (o Options) FromURI(u *secretmux.URI) (Options, error) {
	region := ""
	p := u.Params()
	p.Text("region", &region)
	p.Text("profile", &o.Profile)
	p.Text("role", &o.Role)
	p.Text("external_id", &o.ExternalID)
	p.Text("endpoint", &o.Endpoint)
	p.Bool("fips", &o.FIPS)
	errs := []error{p.Done()}
	switch {
	case u.Authority == "":
	case region != "" && region != u.Authority:
		errs = append(errs, mistake("the region stands twice and differs", "write "+u.Scheme+"://REGION/ and no region="))
	default:
		region = u.Authority
	}
	if region != "" {
		o.Region = region
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if u.Authority == "" && region == "" && regionLike.MatchString(first) {
		errs = append(errs, mistake("a region stands where the folder does", "write "+u.Scheme+"://REGION/folder/, or give region="))
	}
	if u.Path != "" {
		o.Prefix = strings.TrimPrefix(u.Path, "/")
	}
	return o, errors.Join(errs...)
}

// regionLike is what a forgotten "//" leaves in the path. Taken for a folder it
// would make every secret absent, and a chain go on.
var regionLike = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)

// source is the URI of a provider that was made without one. Who calls is left
// out: it is no part of where the secret is.
func (o Options) source(scheme string) string {
	if o.Region == "" && o.Prefix == "" {
		return scheme + ":"
	}
	return scheme + "://" + o.Region + (&url.URL{Path: "/" + o.Prefix}).EscapedPath()
}
