package aws

import (
	"errors"
	"strings"

	"github.com/secretmux/secretmux"
)

// of returns o with the settings of a link: the authority or region= is the Region,
// the path without its first "/" is the Prefix, and profile=, role=, external_id=,
// endpoint= and fips= are the fields of these names. All mistakes are ErrInvalid and
// are reported together.
func (o Options) of(u *secretmux.URI) (Options, error) {
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
		errs = append(errs, secretmux.Invalid("open", "the region is given twice, with two values", "write "+u.Scheme+"://REGION/ and no region="))
	default:
		region = u.Authority
	}
	if region != "" {
		o.Region = region
	} else if regionFirst(strings.TrimPrefix(u.Path, "/")) {
		errs = append(errs, secretmux.Invalid("open", problemRegion, "write "+u.Scheme+"://REGION/folder/, or give region="))
	}
	if u.Path != "" {
		o.Prefix = strings.TrimPrefix(u.Path, "/")
	}
	return o, errors.Join(errs...)
}

// address is the URI of a provider with checked options. Opening it leads to the same
// place.
func (o Options) address(scheme string) string {
	u := &secretmux.URI{Scheme: scheme, Authority: o.Region}
	if o.Region != "" || o.Prefix != "" {
		u.Path = "/" + o.Prefix
	}
	fips := ""
	if o.FIPS {
		fips = "true"
	}
	return u.With("profile", o.Profile).With("role", o.Role).With("external_id", o.ExternalID).
		With("endpoint", o.Endpoint).With("fips", fips).String()
}
