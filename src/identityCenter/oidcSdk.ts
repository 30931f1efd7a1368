import {
  CreateTokenCommand,
  type CreateTokenCommandInput,
  RegisterClientCommand,
  type RegisterClientCommandInput,
  SSOOIDCClient,
  StartDeviceAuthorizationCommand,
  type StartDeviceAuthorizationCommandInput,
} from "@aws-sdk/client-sso-oidc";
import { bare, type ClientSettings, configuration } from "./sdkClient.ts";

/** The operations of the OIDC service that are in use, by their names in AWS's API. */
export function oidcOperations(settings: ClientSettings) {
  const client = bare(new SSOOIDCClient(configuration(settings)));
  return {
    CreateToken: (input: CreateTokenCommandInput, options: object) =>
      client.send(new CreateTokenCommand(input), options),
    RegisterClient: (input: RegisterClientCommandInput, options: object) =>
      client.send(new RegisterClientCommand(input), options),
    StartDeviceAuthorization: (input: StartDeviceAuthorizationCommandInput, options: object) =>
      client.send(new StartDeviceAuthorizationCommand(input), options),
  };
}
