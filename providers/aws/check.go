package aws

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

// check returns o with its prefix completed, or everything that is wrong with it.
func (o Options) check() (Options, error) {
	var errs []error
	refuse := func(wrong bool, problem, hint string) {
		if wrong {
			errs = append(errs, secretmux.Invalid("open", problem, hint))
		}
	}
	if o.Region != "" {
		errs = append(errs, session.CheckRegion(o.Region, o.Endpoint != ""))
	}
	if o.Endpoint != "" {
		errs = append(errs, session.CheckEndpoint(o.Endpoint))
	}
	refuse(o.Endpoint != "" && o.FIPS, "fips=true is given together with endpoint=", "write the FIPS address in endpoint= and leave out fips=true, or leave out endpoint=")
	refuse(o.Role != "" && !role(o.Role), "role is not the ARN of a role", "write arn:aws:iam::ACCOUNT:role/NAME")
	refuse(o.ExternalID != "" && o.Role == "", "external_id is given without role", "give role= too, because external_id is sent when a role is assumed")
	refuse(o.Credentials != nil && o.Profile != "", "a profile is given together with credentials", "give only one of the two")
	refuse(!printable(o.Profile) || !printable(o.ExternalID), "profile or external_id has a control character or is not UTF-8", "")
	prefix, err := folder(o.Prefix)
	o.Prefix = prefix
	refuse(o.Region == "" && regionFirst(prefix), problemRegion, "write the region as the host and the folder after it, as in aws-sm://eu-west-1/prod/")
	return o, errors.Join(append(errs, err)...)
}

const problemRegion = "the region is in the place of the folder"

// regionFirst reports whether a path starts with a region. It does if the user forgot
// the "//". As a folder, the region would make every secret absent, and a chain would
// go on.
func regionFirst(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return session.LikeRegion(first)
}

func role(arn string) bool {
	a, ok := session.ParseARN(arn)
	return ok && a.Service == "iam" && strings.HasPrefix(a.Resource, "role/") && printable(arn)
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// folder completes a prefix. A leading "/" stays: names in Parameter Store have
// one, and names in Secrets Manager can.
func folder(prefix string) (string, error) {
	if prefix == "" || prefix == "/" {
		return prefix, nil
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(prefix, "/"), "/")
	if secretmux.ValidateName(inner) != nil || strings.Contains(inner, ":") {
		return "", secretmux.Invalid("open", "the prefix is not a folder", "write the folder as in aws-sm://eu-west-1/prod/")
	}
	return strings.TrimSuffix(prefix, "/") + "/", nil
}
