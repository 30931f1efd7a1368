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

/** The operations of the OIDC service that are in use. */
export function oidcOperations(settings: ClientSettings) {
  const client = bare(new SSOOIDCClient(configuration(settings)));
  return {
    createToken: (input: CreateTokenCommandInput, options: object) =>
      client.send(new CreateTokenCommand(input), options),
    registerClient: (input: RegisterClientCommandInput, options: object) =>
      client.send(new RegisterClientCommand(input), options),
    startDeviceAuthorization: (input: StartDeviceAuthorizationCommandInput, options: object) =>
      client.send(new StartDeviceAuthorizationCommand(input), options),
  };
}
