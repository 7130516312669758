package sm

import (
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/smithy-go"
)

// asError makes the outcome of one secret in a batch an error of the SDK, as the
// call for that secret alone would return it.
func asError(e types.APIErrorType) error {
	var api smithy.GenericAPIError
	if e.ErrorCode != nil {
		api.Code = *e.ErrorCode
	}
	if e.Message != nil {
		api.Message = *e.Message
	}
	return &api
}
